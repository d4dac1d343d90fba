import { mount } from "svelte";

import "./styles/app.css";

import { coreOffice, type Office } from "./ipc/client";
import { App } from "./shell/app.svelte";
import Shell from "./shell/Shell.svelte";

/** Pictures and page tests are taken of an office in memory; the product's build has no trace of it (check-bundle). */
async function office(): Promise<Office> {
  if (import.meta.env.MODE === "fake") return (await import("./ipc/fake-page")).pageOffice();
  return coreOffice();
}

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

const app = new App(await office(), navigator.platform);
mount(Shell, { target, props: { app } });
void app.start();
