/** Three of a stage's prompts as its model reads them: what the template writes is told apart. */
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import type { ReactNode } from "react";
import type {
  PromptPart,
  RenderedPrompt,
  RenderedPrompts,
} from "#shared/schema/rendered-prompt.ts";
import { host } from "#renderer/bridge/host.ts";
import { queryOf } from "#renderer/bridge/query-client.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatNumber, plural } from "#renderer/ui/format.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { useDraft } from "../../document/draft-value.ts";
import { ProblemLine } from "../../fields/field-checks.tsx";

const ASK_AFTER_MS = 300;
const PLACES = ["0", "1", "2"] as const;
type Place = (typeof PLACES)[number];

export function StagePrompts({
  index,
  stage,
}: {
  readonly index: number;
  readonly stage: string;
}): ReactNode {
  const { text, broken } = useDraft();
  const [settled] = useDebouncedValue(text, ASK_AFTER_MS);
  const { data, failure, loading } = useQuery(
    broken
      ? undefined
      : queryOf(
          `recipes.prompts:${String(index)}:${settled}`,
          ["benchmarks", "models"],
          (options) => host.recipes.renderPrompts({ yaml: settled, stage: index }, options),
        ),
  );
  // The prompts before an edit stay until those after it are there.
  const [last, setLast] = useState<RenderedPrompts>();
  if (data !== undefined && data !== last) setLast(data);
  const shown = data ?? last;
  if (failure !== undefined) return <FailureNotice failure={failure} />;
  if (shown === undefined)
    return loading ? (
      <p className="sectext s12 t3" aria-busy="true">
        Writing prompts…
      </p>
    ) : null;
  if (shown.problems.length > 0)
    return (
      <div className="fr">
        <PromptsLabel />
        <div className="checks prompterrors">
          {shown.problems.map((problem) => (
            <ProblemLine key={`${problem.path} ${problem.message}`} problem={problem} />
          ))}
        </div>
      </div>
    );
  return (
    <Prompts
      key={shown.prompts.length}
      prompts={shown.prompts}
      stage={stage}
      before={shown !== data && loading}
    />
  );
}

function PromptsLabel(): ReactNode {
  return (
    <div>
      <div className="mono">prompts</div>
      <div className="s11 t3">as the model reads them</div>
    </div>
  );
}

function Prompts({
  prompts,
  stage,
  before,
}: {
  readonly prompts: readonly RenderedPrompt[];
  readonly stage: string;
  /** Those after an edit are on their way: with a source in another process that takes seconds. */
  readonly before: boolean;
}): ReactNode {
  const [place, setPlace] = useState<Place>("0");
  const prompt = prompts[Number(place)];
  if (prompt === undefined) return null;
  return (
    <>
      <div className="fr">
        <PromptsLabel />
        <div className="flex">
          <Segments
            label={`Prompts of ${stage}`}
            value={place}
            onChange={setPlace}
            segments={PLACES.slice(0, prompts.length).map((value) => ({
              value,
              label: String(Number(value) + 1),
              title: prompts[Number(value)]?.id ?? "",
            }))}
          />
        </div>
        <span className="fc t3">
          <span>
            <span className="mono">{prompt.id}</span>, {plural(prompt.tokens, "token")}
            {prompt.templateTokens !== null && (
              <>
                , {formatNumber(prompt.templateTokens)} of them the{" "}
                <span className="fromtemplate">template’s</span>
              </>
            )}
            {before && (
              <span className="afterwait">, before the edit; writing those after it…</span>
            )}
          </span>
        </span>
      </div>
      <pre
        className="out prompttext"
        tabIndex={0}
        aria-busy={before}
        aria-label={`Prompt ${String(Number(place) + 1)} of ${stage}`}
      >
        {placed(prompt).map(({ at, text, role }) =>
          role === null ? (
            <span key={at} className="fromtemplate">
              {text}
            </span>
          ) : (
            <span key={at} title={`the ${role}'s turn`}>
              {text}
            </span>
          ),
        )}
      </pre>
    </>
  );
}

/** The parts with their places in the text. */
function placed({ parts }: RenderedPrompt): readonly (PromptPart & { readonly at: number })[] {
  let next = 0;
  return parts.map((part) => {
    const at = next;
    next += part.text.length;
    return { ...part, at };
  });
}
