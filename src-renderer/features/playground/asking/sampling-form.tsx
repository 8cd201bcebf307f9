/** Sampling options, by the names they have everywhere else. */
import { useId, useState } from "react";
import type { ReactNode } from "react";
import { InferenceOptions } from "#shared/schema/inference.ts";
import { usePlayground } from "../playground-value.ts";

type Numbered =
  | "temperature"
  | "top_p"
  | "top_k"
  | "min_p"
  | "repetition_penalty"
  | "max_tokens"
  | "seed";

const FIELDS: readonly { readonly name: Numbered; readonly hint: string }[] = [
  { name: "temperature", hint: "0: greedy" },
  { name: "top_p", hint: "1: off" },
  { name: "top_k", hint: "0: off" },
  { name: "min_p", hint: "0: off" },
  { name: "repetition_penalty", hint: "1: off" },
  { name: "max_tokens", hint: "at most" },
  { name: "seed", hint: "Again: +1" },
];

interface OptionsProps {
  readonly options: InferenceOptions;
  readonly onOptions: (options: InferenceOptions) => void;
}

export function SamplingForm(): ReactNode {
  const { asked, control } = usePlayground();
  const id = useId();
  const props = { options: control.trial.options, onOptions: control.setOptions };
  return (
    <section aria-label="Sampling" className="bb">
      <div className="head">
        <h2>Sampling</h2>
      </div>
      <div className="fields">
        {FIELDS.map(({ name, hint }) => (
          <OptionField key={name} {...props} name={name} hint={hint} />
        ))}
        <StopField {...props} />
      </div>
      {asked.mode === "chat" && (
        <div className="pad">
          <label className="s12 t2" htmlFor={`${id}-system`}>
            System text
          </label>
          <textarea
            id={`${id}-system`}
            className="input area"
            rows={2}
            value={control.system}
            onChange={(event) => control.setSystem(event.currentTarget.value)}
          />
        </div>
      )}
    </section>
  );
}

/** A number as it is typed. The option follows as soon as the text is a value that it may have. */
function OptionField({
  name,
  hint,
  options,
  onOptions,
}: OptionsProps & { readonly name: Numbered; readonly hint: string }): ReactNode {
  const id = useId();
  const value = options[name];
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const next = optionsWith(options, name, typed ?? String(value));
  const bad = next === undefined;
  return (
    <>
      <label className="mono" htmlFor={id} title={hint}>
        {name}
      </label>
      <input
        id={id}
        className={bad ? "input mono num bad" : "input mono num"}
        inputMode="decimal"
        value={typed ?? String(value)}
        aria-invalid={bad}
        aria-describedby={`${id}-hint`}
        onChange={(event) => {
          const text = event.currentTarget.value;
          setTyped(text);
          const changed = optionsWith(options, name, text);
          if (changed !== undefined) onOptions(changed);
        }}
        onBlur={() => setTyped(undefined)}
      />
      <span id={`${id}-hint`} className={bad ? "s11 fail" : "s11 t3"}>
        {bad ? "✕ out of range" : hint}
      </span>
    </>
  );
}

function StopField({ options, onOptions }: OptionsProps): ReactNode {
  const id = useId();
  return (
    <>
      <label className="mono" htmlFor={id}>
        stop
      </label>
      <input
        id={id}
        className="input mono"
        value={options.stop[0] ?? ""}
        aria-describedby={`${id}-hint`}
        onChange={(event) => {
          const text = event.currentTarget.value;
          onOptions({ ...options, stop: text === "" ? [] : [text] });
        }}
      />
      <span id={`${id}-hint`} className="s11 t3">
        ends it
      </span>
    </>
  );
}

function optionsWith(
  options: InferenceOptions,
  name: Numbered,
  text: string,
): InferenceOptions | undefined {
  const value = Number(text.trim().replace(",", "."));
  if (text.trim() === "") return undefined;
  if (name === "max_tokens" && value < 1) return undefined;
  const parsed = InferenceOptions.safeParse({ ...options, [name]: value });
  return parsed.success ? parsed.data : undefined;
}
