/** Which rows are picked, kept in the address. */
import { useCallback, useMemo } from "react";
import { useFilter } from "#renderer/navigation/location.ts";

export interface Picks {
  readonly keys: ReadonlySet<string>;
  readonly toggle: (key: string) => void;
  readonly set: (keys: readonly string[]) => void;
  readonly clear: () => void;
}

export function usePicks(): Picks {
  const [text, setText] = useFilter("picked");
  const keys = useMemo(() => new Set(text.split(",").filter((key) => key !== "")), [text]);
  const set = useCallback((next: readonly string[]) => setText(next.join(",")), [setText]);
  const toggle = useCallback(
    (key: string) => {
      const next = new Set(keys);
      if (!next.delete(key)) next.add(key);
      set([...next]);
    },
    [keys, set],
  );
  const clear = useCallback(() => set([]), [set]);
  return useMemo(() => ({ keys, toggle, set, clear }), [keys, toggle, set, clear]);
}
