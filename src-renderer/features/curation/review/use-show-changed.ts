/** Goes to the record that undo or redo changed: in the queue that is open where it stands there, else among all records. */
import { useCallback, useEffect, useRef } from "react";
import { currentAddress, hrefTo, navigate } from "#renderer/navigation/location.ts";
import type { Reading } from "./use-reading.ts";

export function useShowChanged({ queue, goTo }: Reading): (record: number) => void {
  const now = useRef({ queue, goTo });
  useEffect(() => {
    now.current = { queue, goTo };
  });
  return useCallback((record) => {
    const { queue: open, goTo: go } = now.current;
    const at = open.ids.findIndex((id) => id === record);
    if (at !== -1) {
      go(at);
      return;
    }
    const { path, query } = currentAddress();
    navigate(hrefTo(path, { ...query, queue: "all", filter: undefined, record: String(record) }));
  }, []);
}
