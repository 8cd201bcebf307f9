/** The conversation with one model, or those with two side by side. */
import type { ReactNode } from "react";
import { usePlayground } from "../playground-value.ts";
import { SideColumn } from "./side-column.tsx";

const SIDE_LABELS = ["Left", "Right"];

export function Sides(): ReactNode {
  const { sides } = usePlayground().control.trial;
  const label = (index: number): string =>
    sides.length === 1 ? "Conversation" : (SIDE_LABELS[index] ?? "");
  return (
    <div className={sides.length === 2 ? "cols sides two" : "cols sides"}>
      {sides.map((side, index) => (
        <SideColumn key={SIDE_LABELS[index]} label={label(index)} at={index} side={side} />
      ))}
    </div>
  );
}
