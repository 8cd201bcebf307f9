/** The application menu: roles that the platform knows, nothing that loads anything. */

/** The part of Electron's MenuItemConstructorOptions that is used. */
export type MenuItem = {
  readonly label?: string;
  readonly role?:
    | "about"
    | "services"
    | "hide"
    | "hideOthers"
    | "unhide"
    | "quit"
    | "close"
    | "cut"
    | "copy"
    | "paste"
    | "selectAll"
    | "reload"
    | "toggleDevTools"
    | "resetZoom"
    | "zoomIn"
    | "zoomOut"
    | "togglefullscreen"
    | "minimize"
    | "zoom";
  readonly type?: "separator";
  readonly click?: () => void;
  readonly submenu?: MenuItem[];
};

export type MenuActions = {
  readonly openDataFolder: () => void;
};

const SEPARATOR: MenuItem = { type: "separator" };

function roles(...names: readonly (NonNullable<MenuItem["role"]> | "-")[]): MenuItem[] {
  return names.map((name) => (name === "-" ? SEPARATOR : { role: name }));
}

/**
 * The menu's template for `Menu.buildFromTemplate`.
 * Undo and redo stay out: the window keeps its own history, on the same keys.
 */
export function menuTemplate(
  platform: NodeJS.Platform,
  isDevelopment: boolean,
  actions: MenuActions,
): MenuItem[] {
  const isMac = platform === "darwin";
  const application: MenuItem = {
    label: "Gradus",
    submenu: roles("about", "-", "services", "-", "hide", "hideOthers", "unhide", "-", "quit"),
  };
  const file: MenuItem = {
    label: "File",
    submenu: [
      { label: "Open the data folder", click: actions.openDataFolder },
      SEPARATOR,
      ...(isMac ? roles("close") : roles("about", "-", "quit")),
    ],
  };
  const edit: MenuItem = { label: "Edit", submenu: roles("cut", "copy", "paste", "selectAll") };
  const view: MenuItem = {
    label: "View",
    submenu: [
      ...roles("resetZoom", "zoomIn", "zoomOut", "-", "togglefullscreen"),
      ...(isDevelopment ? roles("-", "reload", "toggleDevTools") : []),
    ],
  };
  const window: MenuItem = { label: "Window", submenu: roles("minimize", "zoom", "close") };
  return [...(isMac ? [application] : []), file, edit, view, window];
}
