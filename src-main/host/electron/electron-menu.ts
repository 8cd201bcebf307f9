/**
 * The application menu, made of the window's own registry of commands: what the palette can do, the
 * menu can do. Around them stand the roles that the platform knows.
 */
import type { MenuCommand } from "#shared/schema/shell.ts";

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
  readonly enabled?: boolean;
  readonly accelerator?: string;
  /** False: shown only. The window listens for its keys itself, so that they are rebound in one place. */
  readonly registerAccelerator?: boolean;
  readonly click?: () => void;
  readonly submenu?: MenuItem[];
};

export type MenuActions = {
  readonly openDataFolder: () => void;
  readonly openRecipe: () => void;
  /** Where the package has a feed. */
  readonly lookForUpdates?: (() => void) | undefined;
  /** Runs a command of the window's registry. */
  readonly run: (id: string) => void;
};

const SEPARATOR: MenuItem = { type: "separator" };
/** Edits have their place in the Edit menu, whatever group the registry gives them. */
const EDITS = ["edit.undo", "edit.redo"];

function roles(...names: readonly (NonNullable<MenuItem["role"]> | "-")[]): MenuItem[] {
  return names.map((name) => (name === "-" ? SEPARATOR : { role: name }));
}

/**
 * The keys of a command as an Electron accelerator. Undefined for sequences and lone letters, which
 * a menu cannot hold without taking them from text fields.
 */
export function acceleratorOf(keys: string | undefined): string | undefined {
  if (keys === undefined || keys.includes(" ")) return undefined;
  const parts = keys === "Mod++" ? ["Mod", "Plus"] : keys.split("+");
  if (!parts.includes("Mod") && !parts.includes("Alt")) return undefined;
  const names: Readonly<Record<string, string>> = {
    Mod: "CmdOrCtrl",
    ArrowLeft: "Left",
    ArrowRight: "Right",
    ArrowUp: "Up",
    ArrowDown: "Down",
    Escape: "Esc",
  };
  return parts.map((part) => names[part] ?? part).join("+");
}

function itemOf(command: MenuCommand, run: MenuActions["run"]): MenuItem {
  const accelerator = acceleratorOf(command.keys);
  return {
    // "&" marks a letter in Windows' and Linux's menus.
    label: command.title.replaceAll("&", "&&"),
    enabled: command.enabled,
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
    click: () => run(command.id),
  };
}

/**
 * The menu's template for `Menu.buildFromTemplate`.
 * @param commands the window's registry; empty until it has told them
 */
export function menuTemplate(
  platform: NodeJS.Platform,
  isDevelopment: boolean,
  actions: MenuActions,
  commands: readonly MenuCommand[] = [],
): MenuItem[] {
  const isMac = platform === "darwin";
  const of = (...groups: readonly MenuCommand["group"][]): MenuItem[] =>
    commands
      .filter(({ id, group }) => groups.includes(group) && !EDITS.includes(id))
      .map((command) => itemOf(command, actions.run));
  const edits = EDITS.flatMap((id) => commands.filter((command) => command.id === id));
  const application: MenuItem = {
    label: "Gradus",
    submenu: roles("about", "-", "services", "-", "hide", "hideOthers", "unhide", "-", "quit"),
  };
  const file: MenuItem = {
    label: "File",
    submenu: [
      { label: "Open a recipe…", click: actions.openRecipe },
      { label: "Open the data folder", click: actions.openDataFolder },
      ...(actions.lookForUpdates === undefined
        ? []
        : [{ label: "Look for updates…", click: actions.lookForUpdates }]),
      SEPARATOR,
      ...(isMac ? roles("close") : roles("about", "-", "quit")),
    ],
  };
  const edit: MenuItem = {
    label: "Edit",
    submenu: [
      ...edits.map((command) => itemOf(command, actions.run)),
      ...(edits.length > 0 ? [SEPARATOR] : []),
      ...roles("cut", "copy", "paste", "selectAll"),
    ],
  };
  const act: MenuItem = { label: "Act", submenu: joined(of("Do"), of("This screen")) };
  const go: MenuItem = { label: "Go", submenu: of("Go to") };
  const view: MenuItem = {
    label: "View",
    submenu: joined(of("Window"), [
      ...roles("resetZoom", "zoomIn", "zoomOut", "-", "togglefullscreen"),
      ...(isDevelopment ? roles("-", "reload", "toggleDevTools") : []),
    ]),
  };
  const window: MenuItem = { label: "Window", submenu: roles("minimize", "zoom", "close") };
  const all = [...(isMac ? [application] : []), file, edit, act, go, view, window];
  return all.filter(({ submenu }) => submenu !== undefined && submenu.length > 0);
}

function joined(...parts: readonly MenuItem[][]): MenuItem[] {
  return parts
    .filter((part) => part.length > 0)
    .flatMap((part, index) => (index === 0 ? part : [SEPARATOR, ...part]));
}
