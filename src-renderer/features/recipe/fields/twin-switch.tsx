/** Whether PPO runs beside a GRPO stage, and what that is for. */
import { useId } from "react";
import type { ReactNode } from "react";
import { useDraft } from "../document/draft-value.ts";
import { getValue } from "../document/plain-value.ts";
import type { Keys } from "../document/plain-value.ts";
import { FieldChecks } from "./field-checks.tsx";

export function TwinSwitch({ keys }: { readonly keys: Keys }): ReactNode {
  const { value, set, unset, broken } = useDraft();
  const id = useId();
  const isOn = getValue(value, keys) === "ppo";
  return (
    <>
      <p className="sectext t2" id={`${id}-line`}>
        GRPO compares a completion with its group; PPO trains a second thing, a critic, to say what
        was to be expected. The switch adds a stage that is the same but for a critic, with the same
        model, prompts, seed and number of completions, and a benchmark of its model beside each of
        this one&rsquo;s. Results then say what going without a critic saved in time, memory, FLOPs
        and dollars, and which of the two learned more.
      </p>
      <div className="fr" data-option="twin">
        <label className="med" htmlFor={id}>
          Run PPO with a critic beside it
        </label>
        <fieldset className="flex">
          <input
            id={id}
            type="checkbox"
            checked={isOn}
            disabled={broken}
            aria-describedby={`${id}-line`}
            onChange={() => (isOn ? unset(keys) : set(keys, "ppo"))}
          />
        </fieldset>
        <FieldChecks keys={keys} id={`${id}-checks`} />
      </div>
    </>
  );
}
