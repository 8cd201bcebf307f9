/** What is at work and what waits, in the order of its turn: to be moved, held and taken out. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { plural } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { stepCommands } from "#renderer/ui/step-commands.ts";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import { QUEUE_COLUMNS } from "./queue-columns.tsx";
import { useQueue } from "./use-queue.ts";
import type { Queue } from "./use-queue.ts";
import { screenCommands } from "#renderer/ui/screen-commands.ts";

export function QueueView({ choice }: { readonly choice: ReactNode }): ReactNode {
  const queue = useQueue();
  const { rows, read, failure, actFailure, acts } = queue;
  useQueueCommands(queue);
  return (
    <>
      <QueueHead queue={queue} choice={choice} />
      {failure !== undefined && <FailureNotice failure={failure} onRetry={queue.refresh} />}
      {actFailure !== undefined && <FailureNotice failure={actFailure} />}
      {!read && failure === undefined && <SkeletonRows />}
      {read && rows.length === 0 && (
        <Empty
          action={
            <a className="btn" href={hrefTo(["recipes"])}>
              Go to the recipes
            </a>
          }
        >
          Nothing is at work and nothing waits. Pipelines come one after the other; what is started
          meanwhile waits here.
        </Empty>
      )}
      {rows.length > 0 && (
        <VirtualGrid
          label="Queue"
          columns={QUEUE_COLUMNS}
          rows={rows}
          rowKey={({ pipeline }) => pipeline.id}
          chosen={queue.at}
          onChoose={acts.choose}
          onOpen={acts.open}
        />
      )}
    </>
  );
}

function QueueHead({
  queue,
  choice,
}: {
  readonly queue: Queue;
  readonly choice: ReactNode;
}): ReactNode {
  const { rows, row, waits, acts } = queue;
  const waiting = rows.filter(({ place }) => place > 0).length;
  return (
    <div className="screenhead">
      <h1>Queue</h1>
      <span className="s12 t3 nowrap">{plural(waiting, "pipeline", "pipelines")} waiting</span>
      <span className="end flex">
        {choice}
        <button type="button" className="btn" disabled={!waits} onClick={acts.up}>
          Up <KeyCaps keys="Alt+ArrowUp" />
        </button>
        <button type="button" className="btn" disabled={!waits} onClick={acts.down}>
          Down <KeyCaps keys="Alt+ArrowDown" />
        </button>
        <button type="button" className="btn" disabled={!waits} onClick={acts.hold}>
          {row?.held === true ? "Let go" : "Hold"} <KeyCaps keys="H" />
        </button>
        <button type="button" className="btn" disabled={!waits} onClick={acts.takeOut}>
          Take out
        </button>
      </span>
    </div>
  );
}

function useQueueCommands({ rows, at, waits, acts }: Queue): void {
  useCommands(
    useMemo((): readonly Command[] => {
      const command = screenCommands("queue");
      const whereItWaits = (one: Command): Command => ({
        ...one,
        notNow: waits ? undefined : "it does not wait",
      });
      return [
        ...stepCommands({
          screen: "queue",
          row: "pipeline",
          count: rows.length,
          at,
          choose: acts.choose,
        }),
        command("open", "Open the pipeline", "Enter", acts.open),
        ...[
          command("up", "Move up the queue", "Alt+ArrowUp", acts.up),
          command("down", "Move down the queue", "Alt+ArrowDown", acts.down),
          command("first", "Make it the next", "F", acts.first),
          command("hold", "Hold, or let go", "H", acts.hold),
          command("out", "Take out of the queue", "Delete", acts.takeOut),
        ].map(whereItWaits),
      ];
    }, [rows.length, at, waits, acts]),
  );
}
