import { describe, expect, test } from "vitest";
import { acceleratorOf, menuTemplate } from "#main/host/electron/electron-menu.ts";
import type { MenuItem } from "#main/host/electron/electron-menu.ts";
import type { MenuCommand } from "#shared/schema/shell.ts";

const actions = {
  openDataFolder: () => undefined,
  openRecipe: () => undefined,
  run: () => undefined,
};
const command = (over: Partial<MenuCommand>): MenuCommand => ({
  id: "go.runs",
  title: "Go to Runs",
  group: "Go to",
  enabled: true,
  ...over,
});
const submenu = (menu: readonly MenuItem[], label: string): readonly MenuItem[] =>
  menu.find((item) => item.label === label)?.submenu ?? [];

describe("the menu", () => {
  test("developer tools are there in development only", () => {
    const text = (isDevelopment: boolean): string =>
      JSON.stringify(menuTemplate("linux", isDevelopment, actions));
    expect(text(true)).toContain("toggleDevTools");
    expect(text(false)).not.toContain("toggleDevTools");
  });

  test("macOS has the application's own menu first, and quit is there on every platform", () => {
    expect(menuTemplate("darwin", false, actions)[0]?.label).toBe("Gradus");
    expect(menuTemplate("win32", false, actions)[0]?.label).toBe("File");
    for (const platform of ["darwin", "linux", "win32"] as const)
      expect(JSON.stringify(menuTemplate(platform, false, actions))).toContain('"quit"');
  });

  test("the data folder and the dialog for recipes are opened by the given actions", () => {
    const done: string[] = [];
    const menu = menuTemplate("linux", false, {
      ...actions,
      openDataFolder: () => done.push("folder"),
      openRecipe: () => done.push("recipe"),
    });
    for (const item of submenu(menu, "File")) item.click?.();
    expect(done).toEqual(["recipe", "folder"]);
  });

  test("updates are looked for where the package has a feed", () => {
    let looked = 0;
    const lookForUpdates = (): void => {
      looked += 1;
    };
    const item = submenu(menuTemplate("linux", false, { ...actions, lookForUpdates }), "File").find(
      ({ label }) => label === "Look for updates…",
    );
    item?.click?.();
    expect(looked).toBe(1);
    expect(JSON.stringify(menuTemplate("linux", false, actions))).not.toContain("updates");
  });

  test("a menu without commands is not shown", () => {
    expect(menuTemplate("linux", false, actions).map(({ label }) => label)).toEqual([
      "File",
      "Edit",
      "View",
      "Window",
    ]);
  });

  test("each command stands in its group's menu and runs by its id; edits stand in Edit", () => {
    const ran: string[] = [];
    const menu = menuTemplate("linux", false, { ...actions, run: (id) => ran.push(id) }, [
      command({}),
      command({ id: "run.stop", title: "Stop R&D", group: "This screen", enabled: false }),
      command({ id: "edit.undo", title: "Undo", group: "Do", keys: "Mod+Z" }),
      command({ id: "window.keys", title: "Show all keys", group: "Window", keys: "?" }),
    ]);
    expect(submenu(menu, "Go").map(({ label }) => label)).toEqual(["Go to Runs"]);
    expect(submenu(menu, "Act")).toMatchObject([{ label: "Stop R&&D", enabled: false }]);
    expect(submenu(menu, "Edit")[0]).toMatchObject({
      label: "Undo",
      accelerator: "CmdOrCtrl+Z",
      registerAccelerator: false,
    });
    expect(submenu(menu, "View")[0]?.label).toBe("Show all keys");
    submenu(menu, "Go")[0]?.click?.();
    submenu(menu, "Edit")[0]?.click?.();
    expect(ran).toEqual(["go.runs", "edit.undo"]);
  });
});

test.each([
  ["Mod+K", "CmdOrCtrl+K"],
  ["Mod+Shift+Z", "CmdOrCtrl+Shift+Z"],
  ["Alt+ArrowLeft", "Alt+Left"],
  ["G R", undefined],
  ["V", undefined],
  ["Shift+ArrowLeft", undefined],
  [undefined, undefined],
])("the keys %s are the accelerator %s", (keys, accelerator) => {
  expect(acceleratorOf(keys)).toBe(accelerator);
});
