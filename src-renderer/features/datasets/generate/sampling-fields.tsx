/** How each prompt is sampled, and what it may cost. */
import type { ReactNode } from "react";
import { CheckField } from "#renderer/ui/fields/check-field.tsx";
import { TextField } from "#renderer/ui/fields/text-field.tsx";
import type { PromptFieldsProps } from "./prompt-fields.tsx";

const NUMBERS = [
  { field: "n", label: "Samples a prompt" },
  { field: "temperature", label: "Temperature" },
  { field: "maxTokens", label: "Most tokens a sample" },
  { field: "budget", label: "Budget in $, none if empty" },
] as const;

export function SamplingFields({ choice, onChange }: PromptFieldsProps): ReactNode {
  return (
    <>
      {NUMBERS.map(({ field, label }) => (
        <TextField
          key={field}
          layout="beside"
          label={label}
          inputMode="decimal"
          value={choice[field]}
          onChange={(text) => onChange({ [field]: text })}
        />
      ))}
      <CheckField checked={choice.keepWrong} onChange={(keepWrong) => onChange({ keepWrong })}>
        Keep wrong samples, as rejected
      </CheckField>
    </>
  );
}
