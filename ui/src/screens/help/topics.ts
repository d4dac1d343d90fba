/** What a screen is for, in the words of the office. Keyed by the screen's route; `settings/…` by its tab. */
export type Topic = { title: string; says: string; points: { name: string; text: string }[] };

const today: Topic = {
  title: "Today",
  says: "What goes out today and tomorrow, what clashes, and who waits for an answer. It changes by itself as soon as anybody changes something, on any computer.",
  points: [
    {
      name: "Jobs by crew",
      text: "Each card is one job. The colored edge is the kind of service; the small mark at the bottom is its status.",
    },
    {
      name: "Double bookings",
      text: "Somebody or something is in two places at once. Both jobs are named, so you can decide which one moves.",
    },
    { name: "Nobody on it", text: "Jobs of the next 14 days with no crew and no person." },
    {
      name: "Answers due",
      text: "Estimates whose answer was promised within two days, and those that are late already.",
    },
    {
      name: "A click opens it",
      text: "The record opens at the right and the list keeps its place. Esc closes it.",
    },
  ],
};

const topics: Record<string, Topic> = {
  today,
  schedule: {
    title: "Schedule",
    says: "Who works where and when: a board, a week, a month or a list of the same jobs. Everybody sees a change within a second, and every change can be undone.",
    points: [
      {
        name: "Moving a job",
        text: "Drag it, or pick it up with M and the arrow keys; Enter drops it, Esc puts it back. Ctrl and the arrows change when it ends, Ctrl+Shift when it begins; left and right by a quarter of an hour, up and down by a day. While it moves you see whom it would put in two places, who is away and what else speaks against it.",
      },
      {
        name: "Double bookings",
        text: "The database refuses them and names the other job. Going ahead anyway takes a reason, which stays in the job's history.",
      },
      {
        name: "To schedule",
        text: "Approved contracts with no job wait in the tray. Drag one to its day, or choose Schedule.",
      },
      {
        name: "Rain-out",
        text: "Choose the days, look at the plan, change what you know better, and apply it as one step. Customers are told by you, from the list that follows.",
      },
      {
        name: "To look at",
        text: "What the website's calendar or the mobile app entered waits here until somebody has looked, with names nobody here knows.",
      },
      {
        name: "No network",
        text: "The copy on this computer is shown with its age. It can be read and printed, and changed again when the connection is back.",
      },
    ],
  },
  crew: {
    title: "Crew & equipment",
    says: "Who works in the field and what goes out with them: people, crews, machines, closed days, and certificates with the day they run out.",
    points: [
      {
        name: "Who leaves or is away",
        text: "Before you save you see which jobs name them. Afterwards the jobs are listed with them until you put somebody else there, for one job or for all.",
      },
      {
        name: "Crews over time",
        text: "Move somebody to another crew from a day on: the jobs before it keep them, the jobs after it go with the new crew. Who was where stays known.",
      },
      {
        name: "Certificates",
        text: "Marked from 30 days before they run out. What a role needs is set beside the list; whoever lacks it is marked when a job is planned.",
      },
      {
        name: "Written by another program",
        text: "What cannot be read is shown as it was written and stays so until you replace it.",
      },
      {
        name: "Emergency contacts",
        text: "Hidden until you press Show. They are in no list and no search, and each look is logged.",
      },
    ],
  },
  alerts: {
    title: "Alerts",
    says: "Everything the program told you: new estimates, moved jobs, payments, trouble. Nothing is thrown away when a popup disappears.",
    points: [
      { name: "Unread and read", text: "Read it on one computer and it is read on all of yours." },
      {
        name: "Priority",
        text: "5 is the most urgent. The filter leaves out what is less urgent than you choose.",
      },
      { name: "Past ones", text: "Alerts whose time has passed are left out until you ask for them." },
      {
        name: "Mark all as read",
        text: "Marks what the filter shows, and nothing that came in after you looked.",
      },
    ],
  },
  changes: {
    title: "Recent changes",
    says: "Who changed what, when and why. Most lines can be undone, and undoing can be undone, too.",
    points: [
      { name: "Undo", text: "Puts it back as it was before. Ctrl+Z does the same for your own last change." },
      {
        name: "When it cannot be undone",
        text: "Somebody changed the same thing again since, or it came from another program. The line says which.",
      },
      {
        name: "Who",
        text: "“As said” means that the person chose their name on a computer with a shared login. A login of their own proves it.",
      },
    ],
  },
  settings: {
    title: "Settings",
    says: "What holds for the whole office, for you, and for this computer only. Each page says which.",
    points: [
      { name: "Save", text: "Press Save or Ctrl+S. Undo in the message takes it back." },
      { name: "What you typed stays", text: "Leave in the middle and it is still there when you come back." },
    ],
  },
  "settings/company": {
    title: "Company",
    says: "Who you are on letters and estimates, when you work, and whom to call when the program is in trouble. It holds for the whole office.",
    points: [
      {
        name: "Time zone",
        text: "Every time in the program is the office’s, even on a laptop that travels.",
      },
      {
        name: "Working days and hours",
        text: "They decide when an answer is due: promised times skip weekends.",
      },
      { name: "Who helps", text: "Shown under Help on every computer of the office." },
      {
        name: "Two people at once",
        text: "If somebody else saved meanwhile you see both values and choose. Nothing is overwritten silently.",
      },
    ],
  },
  "settings/me": {
    title: "Me",
    says: "Your name, how to reach you, and when you want to be left alone. It follows you to every computer.",
    points: [
      {
        name: "Quiet hours",
        text: "Popups wait until they are over, and then come as one summary. Nothing is lost; the bell counts on.",
      },
    ],
  },
  "settings/computer": {
    title: "This computer",
    says: "Popups, sound, and whether the program starts by itself. Other computers have their own.",
    points: [
      {
        name: "Titles only",
        text: "For a screen that customers can see: the popup says what it is about and leaves out names and amounts.",
      },
      {
        name: "Keep running",
        text: "Closing the window leaves the program at the clock, so that popups go on coming.",
      },
    ],
  },
  "settings/connections": {
    title: "Connections",
    says: "The databases this computer knows. One is in use; you can switch at any time.",
    points: [
      {
        name: "Passwords",
        text: "They are in this computer’s keychain and nowhere else. Where there is none, you are asked each time the program starts.",
      },
      {
        name: "Forget",
        text: "Takes a connection and its password off this computer. The data stays where it is.",
      },
      { name: "Who you are", text: "“Not me…” lets another person say who they are on this computer." },
    ],
  },
  connect: {
    title: "Connection",
    says: "Where the office’s data is: on this computer, or on a server that several computers share.",
    points: [
      {
        name: "An office on this computer",
        text: "Nothing to set up. Good for looking around, or for an office with one computer.",
      },
      {
        name: "A server",
        text: "Whoever set it up can send you a configuration to paste, or tell you the server, database, login and password.",
      },
      {
        name: "Check",
        text: "Looks at everything without changing anything, and says what to do about what is wrong.",
      },
    ],
  },
  help: {
    title: "Help",
    says: "First steps, the keys, and what to send to whoever helps you.",
    points: [],
  },
};

export function topicOf(screen: string, tab: string | null | undefined): Topic {
  return topics[`${screen}/${tab ?? ""}`] ?? topics[screen] ?? today;
}
