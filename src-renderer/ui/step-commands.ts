/** The two commands of every screen with a list: J and K choose the next and the previous row, wherever the focus is. */
import type { Command } from "#renderer/navigation/command-registry.ts";

export interface Steps {
  /** What the ids begin with: the screen. */
  readonly screen: string;
  /** What a row is: "recipe". */
  readonly row: string;
  readonly count: number;
  readonly at: number;
  readonly choose: (index: number) => void;
}

export function stepCommands({ screen, row, count, at, choose }: Steps): readonly Command[] {
  const step = (by: number) => () => {
    if (count > 0) choose(Math.min(count - 1, Math.max(0, at + by)));
  };
  const group = "This screen";
  return [
    { id: `${screen}.next`, title: `Next ${row}`, group, keys: "J", run: step(1) },
    { id: `${screen}.previous`, title: `Previous ${row}`, group, keys: "K", run: step(-1) },
  ];
}
