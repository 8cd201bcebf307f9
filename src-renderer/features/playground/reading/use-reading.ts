/** How answers are shown, and which token is looked at. */
import { useCallback, useState } from "react";
import type { CompletionPiece } from "#shared/schema/inference.ts";
import type { Reading } from "../playground-value.ts";

export function useReading(): Reading {
  const [shaded, setShaded] = useState(true);
  const [folded, setFolded] = useState(false);
  const [picked, pick] = useState<CompletionPiece>();
  const toggleShaded = useCallback(() => setShaded((before) => !before), []);
  const toggleFolded = useCallback(() => setFolded((before) => !before), []);
  return { shaded, folded, picked, toggleShaded, toggleFolded, pick };
}
