/** What a pipeline would cost elsewhere or at another size: worked out from the rates measured here, and said so. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { Projection } from "#shared/schema/cost.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatDuration, formatUsd } from "#renderer/ui/format.ts";
import { Empty, FailureNotice } from "#renderer/ui/region-state.tsx";
import type { PipelineCost } from "./ledger-rows.ts";

const FACTORS = [
  { key: "weights", label: "weights", hint: "times the model's weights" },
  { key: "tokens", label: "tokens", hint: "times the tokens of a completion" },
  { key: "steps", label: "steps", hint: "times the training steps" },
  { key: "speed", label: "speed", hint: "of the other machine, times this one's" },
] as const;

type Texts = Readonly<Record<(typeof FACTORS)[number]["key"] | "usdPerHour", string>>;

function positive(text: string): number | undefined {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() === "" || !(value > 0) || value > 1e6 ? undefined : value;
}

function Outcome({ projection }: { readonly projection: Projection }): ReactNode {
  const { usd, durationMs, measuredUsd, measuredMs, stages, basis } = projection;
  const hasRange = stages.some(({ ratesFrom }) => ratesFrom > 1);
  return (
    <>
      <dl className="kv whatif">
        <dt>Measured here</dt>
        <dd>
          {formatDuration(measuredMs)}, {formatUsd(measuredUsd)}
        </dd>
        <dt>Projected</dt>
        <dd className="med">
          {formatDuration(durationMs.value)}, {formatUsd(usd.value)}
        </dd>
        <dt>Range</dt>
        <dd>
          {hasRange ? `${formatUsd(usd.low)}–${formatUsd(usd.high)}` : "none: one run of each kind"}
        </dd>
      </dl>
      <p className="s11 t3 sidenote">{basis}</p>
    </>
  );
}

export function WhatIf({ launches }: { readonly launches: readonly PipelineCost[] }): ReactNode {
  const [launch, setLaunch] = useState("");
  const [texts, setTexts] = useState<Texts>({
    weights: "1",
    tokens: "1",
    steps: "1",
    speed: "1",
    usdPerHour: "",
  });
  const chosen = launches.find(({ pipelineId }) => pipelineId === launch) ?? launches[0];
  const values = {
    weights: positive(texts.weights),
    tokens: positive(texts.tokens),
    steps: positive(texts.steps),
    speed: positive(texts.speed),
  };
  const { weights, tokens, steps, speed } = values;
  const usdPerHour = texts.usdPerHour.trim() === "" ? undefined : positive(texts.usdPerHour);
  const good =
    weights !== undefined &&
    tokens !== undefined &&
    steps !== undefined &&
    speed !== undefined &&
    (texts.usdPerHour.trim() === "" || usdPerHour !== undefined);
  const query = useQuery(
    chosen === undefined || !good
      ? undefined
      : {
          key: `cost.project:${chosen.pipelineId}:${weights}:${tokens}:${steps}:${speed}:${String(usdPerHour)}`,
          topics: ["cost"],
          fetch: (signal) =>
            host.cost.project(
              {
                pipelineId: chosen.pipelineId,
                weights,
                tokens,
                steps,
                speed,
                ...(usdPerHour === undefined ? {} : { usdPerHour }),
              },
              { signal },
            ),
        },
  );
  if (chosen === undefined)
    return (
      <section aria-label="What if">
        <div className="head">
          <h2>What if</h2>
        </div>
        <Empty>A projection starts from a pipeline that ran.</Empty>
      </section>
    );
  return (
    <section aria-label="What if">
      <div className="head">
        <h2>What if</h2>
        <select
          className="input end whatifpick"
          aria-label="Start from"
          value={chosen.pipelineId}
          onChange={(event) => setLaunch(event.currentTarget.value)}
        >
          {launches.map(({ pipelineId, name }) => (
            <option key={pipelineId} value={pipelineId}>
              {name}, {pipelineId}
            </option>
          ))}
        </select>
      </div>
      {FACTORS.map(({ key, label, hint }) => (
        <label key={key} className="whatifrow bt">
          <span>
            <span className="mono">{label}</span> <span className="s11 t3">{hint}</span>
          </span>
          <span className="t3">×</span>
          <input
            className={values[key] === undefined ? "input mono bad" : "input mono"}
            inputMode="decimal"
            aria-invalid={values[key] === undefined}
            value={texts[key]}
            onChange={(event) => setTexts({ ...texts, [key]: event.currentTarget.value })}
          />
        </label>
      ))}
      <label className="whatifrow bt bb">
        <span>
          <span className="mono">$ an hour</span>{" "}
          <span className="s11 t3">of the other machine; empty: this one&apos;s prices</span>
        </span>
        <span className="t3">$</span>
        <input
          className="input mono"
          inputMode="decimal"
          value={texts.usdPerHour}
          onChange={(event) => setTexts({ ...texts, usdPerHour: event.currentTarget.value })}
        />
      </label>
      {!good && <p className="s12 fail sidenote">✕ each factor is a number above 0</p>}
      {query.failure !== undefined && <FailureNotice failure={query.failure} />}
      {query.data !== undefined && <Outcome projection={query.data} />}
    </section>
  );
}
