import { mount } from "svelte";

import "$/styles/app.css";
import "./gallery.css";

import Gallery from "./Gallery.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("gallery.html has no #app");
// What check-bundle looks for: none of this is in the program.
document.documentElement.dataset.page = "NEFF_GALLERY";
mount(Gallery, { target });
