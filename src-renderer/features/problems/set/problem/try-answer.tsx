/** An answer typed and judged as a model's would be: the verdict follows the typing, in the verifier's own words. */
import { useDebouncedValue } from "@mantine/hooks";
import { useId, useState } from "react";
import type { ReactNode } from "react";
import type { SetProblem } from "#shared/schema/problem.ts";
import { host } from "#renderer/bridge/host.ts";
import { queryOf } from "#renderer/bridge/query-client.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import type { SetPlace } from "../set-place.ts";

const ASK_AFTER_MS = 200;

export const TRY_FIELD = "problem-try";

export function TryAnswer({
  place,
  problem,
}: {
  readonly place: SetPlace;
  readonly problem: SetProblem;
}): ReactNode {
  const [text, setText] = useState("");
  const [completion] = useDebouncedValue(text, ASK_AFTER_MS);
  const says = useId();
  const { name: set, version } = place;
  const { data, failure } = useQuery(
    completion.trim() === ""
      ? undefined
      : queryOf(
          `problem-try:${JSON.stringify([set, version, problem.id, completion])}`,
          ["benchmarks"],
          (options) => host.problems.try({ set, version, id: problem.id, completion }, options),
        ),
  );
  return (
    <section className="ppart" aria-label="Try an answer">
      <h3>
        <label htmlFor={TRY_FIELD}>Try an answer</label> <KeyCaps keys="Y" />
      </h3>
      <textarea
        id={TRY_FIELD}
        className="input mono recordtext"
        rows={2}
        spellCheck={false}
        value={text}
        aria-describedby={says}
        placeholder="an answer, or a whole completion"
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
      />
      <div id={says} role="status" className="s12 tried">
        {text.trim() === "" ? (
          <span className="t3">Judged as you type, as a model’s completion would be.</span>
        ) : (
          data !== undefined && (
            <>
              <span className={`nowrap ${data.correct ? "pass" : "fail"}`}>
                <Glyph name={data.correct ? "check" : "cross"} /> {data.correct ? "right" : "wrong"}
                {data.score !== 0 && data.score !== 1 && `, ${formatNumber(data.score, 2)} of 1`}
              </span>{" "}
              <span className="break">{visibleText(data.detail)}</span>
            </>
          )
        )}
      </div>
      {failure !== undefined && <FailureNotice failure={failure} />}
    </section>
  );
}
