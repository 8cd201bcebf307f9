/** What the window and Electron's main process tell each other besides the contract: menu and opened files. */
import { z } from "zod";

/** One command of the window's registry, as the menu shows it. */
export const MenuCommand = z.strictObject({
  id: z.string().min(1).max(200),
  title: z.string().min(1).max(200),
  group: z.enum(["Go to", "Do", "This screen", "Window"]),
  /** As the registry writes them, e.g. "Mod+K", "G R". */
  keys: z.string().max(60).optional(),
  enabled: z.boolean(),
});
export type MenuCommand = z.infer<typeof MenuCommand>;

export const MenuCommands = z.array(MenuCommand).max(500);

/** What the main process asks of the page. */
export const ShellMessage = z.discriminatedUnion("type", [
  /** A menu item was chosen. */
  z.strictObject({ type: z.literal("gradus:command"), id: z.string() }),
  /** Go to an address of the window, e.g. "#/recipe/7". */
  z.strictObject({ type: z.literal("gradus:go"), href: z.string().startsWith("#/").max(2000) }),
]);
export type ShellMessage = z.infer<typeof ShellMessage>;
