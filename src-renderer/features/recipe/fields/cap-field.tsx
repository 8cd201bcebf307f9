/** What an endpoint of a stage may cost. */
import type { ReactNode } from "react";
import type { Keys } from "../document/plain-value.ts";
import { TextField } from "./text-field.tsx";

export function CapField({ keys }: { readonly keys: Keys }): ReactNode {
  return (
    <TextField
      label="cap"
      line="dollars that a run may spend on it"
      keys={keys}
      read={dollars}
      wide={false}
    />
  );
}

/** Undefined where it is no amount above nothing. */
function dollars(text: string): number | undefined {
  const amount = Number(text.trim().replace(/^\$/u, ""));
  return text.trim() !== "" && Number.isFinite(amount) && amount > 0 ? amount : undefined;
}
