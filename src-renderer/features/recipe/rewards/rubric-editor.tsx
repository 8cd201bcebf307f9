/** A rubric of the workspace, as text that a judge will read. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { RewardPath } from "#shared/schema/reward-file.ts";
import { host } from "#renderer/bridge/host.ts";
import { queryOf } from "#renderer/bridge/query-client.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";

export function RubricEditor({
  file,
  onClose,
}: {
  readonly file: RewardPath;
  readonly onClose: () => void;
}): ReactNode {
  const query = queryOf(`rewards.read.${file}`, ["recipes"], (options) =>
    host.rewards.read({ file }, options),
  );
  const read = useQuery(query).data;
  const [typed, setTyped] = useState<string>();
  const act = useAct();
  const text = typed ?? read?.text ?? "";
  const changed = read !== undefined && text !== read.text;
  return (
    <div className="sectext">
      <label className="s12 t2" htmlFor={`rubric-${file}`}>
        Rubric <span className="mono">{file}</span>
      </label>
      <textarea
        id={`rubric-${file}`}
        className="input pasted"
        rows={10}
        disabled={read === undefined}
        value={text}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <div className="flex">
        <button
          type="button"
          className="btn small"
          disabled={!changed || act.busy || text.trim() === ""}
          onClick={() => {
            void act.run(async () => {
              await host.rewards.save({ file, text, sha256: read?.sha256 ?? null });
            });
          }}
        >
          Save
        </button>
        <button type="button" className="btn small quiet" onClick={onClose}>
          Close
        </button>
        {changed && <span className="s12 t3">not saved yet</span>}
      </div>
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
    </div>
  );
}
