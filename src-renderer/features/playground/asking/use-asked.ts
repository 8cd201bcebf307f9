/** Who is asked, and how, as the address says it. */
import { useCallback, useMemo } from "react";
import type { PlaygroundModel } from "#shared/schema/playground.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import type { Asked } from "../playground-value.ts";

/** @param model the address's, or the first of all */
export function useAsked(model: string, models: readonly PlaygroundModel[]): Asked {
  const [other, setOther] = useFilter("with");
  const [modeText, setMode] = useFilter("mode", "chat");
  const [, setModel] = useFilter("model");
  const ids = useMemo(() => (other === "" ? [model] : [model, other]), [model, other]);
  const toggleCompare = useCallback(
    () => setOther(other === "" ? (models.find(({ id }) => id !== model)?.id ?? model) : ""),
    [model, models, other, setOther],
  );
  return {
    mode: modeText === "text" ? "text" : "chat",
    ids,
    setMode,
    setModel: (side, id) => (side === 0 ? setModel(id) : setOther(id)),
    toggleCompare,
  };
}
