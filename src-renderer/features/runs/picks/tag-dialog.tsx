/** Puts tags on the picked runs and takes them off. */
import { useState } from "react";
import type { FormEvent, ReactNode } from "react";
import type { RunSummary } from "#shared/schema/run.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { plural } from "#renderer/ui/format.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";

export interface TagDialogProps {
  readonly opened: boolean;
  readonly runs: readonly RunSummary[];
  readonly onClose: () => void;
}

export function TagDialog({ opened, runs, onClose }: TagDialogProps): ReactNode {
  const { busy, failure, run: call } = useAct();
  const [text, setText] = useState("");
  const known = useQuery(
    opened
      ? {
          key: "tags",
          topics: ["tags"],
          fetch: (signal) => host.cockpit.tags(undefined, { signal }),
        }
      : undefined,
  );
  const held = Map.groupBy(
    runs.flatMap((run) => run.tags),
    (tag) => tag,
  );
  const change = (add: readonly string[], remove: readonly string[]): void => {
    const runIds = runs.map((run) => run.id);
    void call(() => host.cockpit.tag({ runIds, add: [...add], remove: [...remove] }));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() === "") return;
    change([text.trim()], []);
    setText("");
  };
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      label={`Tags of ${plural(runs.length, "run")}`}
      headed
      closable
      size={440}
    >
      <form className="flex" onSubmit={submit}>
        <input
          className="input grow"
          aria-label="New tag"
          placeholder="New tag"
          list="tags-in-use"
          maxLength={60}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <datalist id="tags-in-use">
          {known.data?.map(({ tag }) => (
            <option key={tag} value={tag}>
              {tag}
            </option>
          ))}
        </datalist>
        <button type="submit" className="btn" disabled={busy || text.trim() === ""}>
          Put on all
        </button>
      </form>
      {failure !== undefined && <FailureNotice failure={failure} />}
      <ul className="taglist">
        {[...held].map(([tag, on]) => (
          <li key={tag} className="flex">
            <span className="tag ell">{tag}</span>
            <span className="t3 s12">on {on.length === runs.length ? "all" : on.length}</span>
            <button
              type="button"
              className="btn small quiet end"
              disabled={busy}
              onClick={() => change([], [tag])}
            >
              Take off
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
