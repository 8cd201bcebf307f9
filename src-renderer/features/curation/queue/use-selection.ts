/** Records chosen for one change of all of them. */
import { useCallback, useState } from "react";
import type { RecordId } from "#shared/schema/dataset.ts";

const NONE: ReadonlySet<RecordId> = new Set();

export interface Selection {
  readonly ids: ReadonlySet<RecordId>;
  readonly toggle: (id: RecordId) => void;
  readonly add: (ids: readonly RecordId[]) => void;
  readonly clear: () => void;
}

export function useSelection(): Selection {
  const [ids, setIds] = useState(NONE);
  const toggle = useCallback((id: RecordId) => {
    setIds((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const add = useCallback(
    (more: readonly RecordId[]) => setIds((before) => new Set([...before, ...more])),
    [],
  );
  const clear = useCallback(() => setIds(NONE), []);
  return { ids, toggle, add, clear };
}
