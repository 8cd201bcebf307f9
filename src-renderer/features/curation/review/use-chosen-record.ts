/**
 * The chosen record. It is part of the address, and written there when the reviewer rests: browsers refuse addresses
 * that change many times a second.
 */
import { useCallback, useEffect, useRef, useState } from "react";
import type { RecordId } from "#shared/schema/dataset.ts";
import { currentAddress, hrefTo, navigate, useFilter } from "#renderer/navigation/location.ts";
import { recordIdFrom } from "#renderer/bridge/ids.ts";

const WRITE_AFTER_MS = 200;

export function useChosenRecord(): readonly [
  RecordId | undefined,
  (id: RecordId | undefined) => void,
] {
  const [text] = useFilter("record");
  const [chosen, setChosen] = useState<{
    readonly text: string;
    readonly id: RecordId | undefined;
  }>({ text, id: recordIdFrom(text) });
  const timer = useRef<number>(undefined);
  // Back, forward and links choose too.
  if (chosen.text !== text) setChosen({ text, id: recordIdFrom(text) });
  const write = useCallback((id: RecordId | undefined) => {
    const { path, query } = currentAddress();
    if (path[0] !== "curation") return;
    const record = id === undefined ? undefined : String(id);
    setChosen({ text: record ?? "", id });
    navigate(hrefTo(path, { ...query, record }), true);
  }, []);
  const choose = useCallback(
    (id: RecordId | undefined) => {
      setChosen((before) => ({ ...before, id }));
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => write(id), WRITE_AFTER_MS);
    },
    [write],
  );
  useEffect(() => () => window.clearTimeout(timer.current), []);
  return [chosen.id, choose];
}
