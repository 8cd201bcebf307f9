/** The three regions of a dataset under review, and what its keys do. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import type { RecordTarget } from "#shared/contract/dataset-records.ts";
import type {
  DatasetSummary,
  RecordFacts,
  RecordId,
  RecordStatus,
} from "#shared/schema/dataset.ts";
import { filterText, parseFilter } from "#shared/schema/record-filter-text.ts";
import { useTellCrumbs } from "#renderer/navigation/crumbs.ts";
import { useTellEditScope } from "#renderer/navigation/edit-scope.ts";
import { currentAddress, hrefTo, navigate, useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { outbox } from "#renderer/bridge/outbox.ts";
import type { Waiting } from "#renderer/bridge/outbox.ts";
import { editsQuery } from "#renderer/bridge/queries.ts";
import { recordStore } from "#renderer/bridge/record-store.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { useRecord } from "#renderer/bridge/use-records.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { ExportRecords } from "#renderer/ui/records/export-records.tsx";
import { Empty } from "#renderer/ui/region-state.tsx";
import { AddRecord } from "#renderer/ui/records/add-record.tsx";
import { BulkDialog } from "./bulk/bulk-dialog.tsx";
import { useCurationCommands } from "./curation-commands.ts";
import { DetailsDialog } from "./record/details-dialog.tsx";
import { dropDraft, writeDraft } from "./record/drafts.ts";
import { JumpDialog } from "./queue/jump-dialog.tsx";
import { asQueue, asView, queueFilter, QUEUES, useChosenRecord } from "./place.ts";
import { QueueRegion } from "./queue/queue-region.tsx";
import { reasoningSteps } from "./record/reasoning-steps.ts";
import { useEditorAhead } from "./record/record-editor.tsx";
import type { EditedText } from "./record/record-editor.tsx";
import { sameMessages } from "./record/record-parts.ts";
import { RecordRegion } from "./record/record-region.tsx";
import { useQueue } from "./queue/use-queue.ts";
import { useSelection } from "./queue/use-selection.ts";
import { VerdictsAside } from "./record/verdicts-aside.tsx";
import { Splitter } from "#renderer/ui/splitter.tsx";

/** Fetched before their key is pressed, several at once rather than one with each press. */
const AHEAD = 8;
const AT_ONCE = 8;
const BEHIND = 2;
const NO_FOLDS: ReadonlySet<number> = new Set();

export interface ReviewDeskProps {
  readonly dataset: DatasetSummary;
  readonly datasets: readonly DatasetSummary[];
  readonly workspace: string;
}

export function ReviewDesk({ dataset, datasets, workspace }: ReviewDeskProps): ReactNode {
  const datasetId = dataset.id;
  const [queueText, setQueue] = useFilter("queue", "pending");
  const [line, setLine] = useFilter("filter");
  const [viewText, setView] = useFilter("view", "text");
  const [wanted, choose] = useChosenRecord();
  const [typed, setTyped] = useState<{ readonly id: RecordId; readonly facts?: RecordFacts }>();
  const [folds, setFolds] = useState<{
    readonly id: RecordId | undefined;
    readonly steps: ReadonlySet<number>;
  }>({ id: undefined, steps: NO_FOLDS });
  const [dialog, setDialog] = useState<"bulk" | "jump" | "export" | "add" | "details">();
  const selection = useSelection();
  const search = useRef<HTMLInputElement>(null);
  const tagField = useRef<HTMLInputElement>(null);
  const edited = useRef<EditedText>(undefined);
  const act = useAct();
  const queueName = asQueue(queueText);
  const view = asView(viewText);
  const reading = useMemo(() => parseFilter(line), [line]);
  const queue = useQueue(datasetId, queueName, reading.filter);
  const { ids } = queue;
  const at = queue.placeOf(wanted);
  // Until the list is there, the address says which record.
  const id = ids.length === 0 ? (queue.loading ? wanted : undefined) : ids[at];
  const ahead = Math.ceil((at + 1 + AHEAD) / AT_ONCE) * AT_ONCE;
  const neighbours = useMemo(
    () => [...ids.slice(at + 1, ahead), ...ids.slice(Math.max(0, at - BEHIND), at)],
    [ids, at, ahead],
  );
  const live = useRecord(id, neighbours);
  const { record } = live;
  const editing = id !== undefined && typed?.id === id;
  const scope = `dataset:${datasetId}`;
  const undo = useQuery(editsQuery(scope)).data?.undo?.label;
  const known = useQuery({
    key: `tags:${datasetId}`,
    // Tags are offered in a stable order: they are not asked for again with every edit.
    topics: [`records:${datasetId}`],
    fetch: (signal) => host.datasets.statistics({ datasetId, filter: [] }, { signal }),
  }).data?.tags;
  const tags = useMemo(
    () =>
      Object.entries(known ?? {})
        .sort(([a, m], [b, n]) => n - m || a.localeCompare(b))
        .map(([tag]) => tag),
    [known],
  );
  const offered = useMemo(() => tags.slice(0, 9), [tags]);
  useTellEditScope(scope);
  useEditorAhead();
  const position = record?.position;
  useTellCrumbs(
    useMemo(
      () => [
        { label: "Curation", href: hrefTo(["curation"], { dataset: datasetId }) },
        { label: dataset.name, href: hrefTo(["dataset", datasetId]) },
        ...(position === undefined ? [] : [{ label: formatNumber(position) }]),
      ],
      [datasetId, dataset.name, position],
    ),
  );
  useEffect(() => {
    if (id === undefined) return;
    // Only the timing of the review rests on it.
    host.datasets.review.event({ recordId: id, kind: "open" }).catch(() => undefined);
  }, [id]);

  const goTo = (index: number): void => {
    const next = ids[Math.min(ids.length - 1, Math.max(0, index))];
    if (next === undefined) return;
    setTyped(undefined);
    choose(next);
  };
  const targets = (): RecordId[] =>
    selection.ids.size > 0 ? [...selection.ids] : id === undefined ? [] : [id];

  const decide = (status: RecordStatus): void => {
    const recordIds = targets();
    if (recordIds.length === 0) return;
    outbox.add({ kind: "status", datasetId, recordIds, status });
    if (selection.ids.size > 0) selection.clear();
    else goTo(at + 1);
  };
  const toggleTag = (tag: string | undefined): void => {
    const recordIds = targets();
    if (tag === undefined || recordIds.length === 0 || record === undefined) return;
    const has = record.tags.includes(tag);
    outbox.add({
      kind: "tags",
      datasetId,
      recordIds,
      add: has ? [] : [tag],
      remove: has ? [tag] : [],
    });
  };
  const setEditing = (on: boolean): void => {
    edited.current = undefined;
    setTyped(on && id !== undefined ? { id } : undefined);
  };
  const save = (status?: RecordStatus): void => {
    const text = edited.current;
    if (!editing || record === undefined || text === undefined) return;
    if (sameMessages(text.messages, record.messages)) {
      if (status !== undefined) outbox.add({ kind: "status", datasetId, recordIds: [id], status });
    } else {
      outbox.add({
        kind: "text",
        datasetId,
        recordIds: [id],
        ...text,
        ...(status === undefined ? {} : { status }),
      });
    }
    setEditing(false);
    dropDraft(workspace, id);
    if (status !== undefined) goTo(at + 1);
  };
  const restore = (revision: number): void => {
    if (id === undefined) return;
    void act.run(async () => {
      await outbox.drained();
      recordStore.put((await host.datasets.records.restore({ recordId: id, revision })).record);
    });
  };
  const nextUndecided = (): void => {
    void act.run(async () => {
      await outbox.drained();
      const { rows } = await host.datasets.records.page({
        datasetId,
        filter: queueFilter("pending", reading.filter),
        at: id === undefined ? { index: 0 } : { recordId: id },
        limit: 2,
      });
      const next = rows.find((row) => row.id !== id && (id === undefined || row.id > id));
      if (next !== undefined) goTo(queue.placeOf(next.id));
    });
  };
  const jumpTo = async (number: number): Promise<void> => {
    const { rows } = await host.datasets.records.page({
      datasetId,
      filter: [{ field: "position", min: number }],
      limit: 1,
    });
    const found = rows[0];
    goTo(found === undefined ? ids.length - 1 : queue.placeOf(found.id));
  };
  const remove = (): void => {
    const recordIds = targets();
    if (recordIds.length === 0) return;
    void act.run(async () => {
      await outbox.drained();
      await host.datasets.records.delete({ datasetId, target: { ids: recordIds } });
      selection.clear();
    });
  };
  const select = (index: number, reach: "one" | "range"): void => {
    const pressed = ids[index];
    if (reach === "range") selection.add(ids.slice(Math.min(at, index), Math.max(at, index) + 1));
    else if (pressed !== undefined) selection.toggle(pressed);
  };
  const answer = record?.messages.at(-1);
  const fold = (all: boolean): void => {
    const count = all ? reasoningSteps(answer?.reasoning ?? "").length : 0;
    setFolds({ id, steps: new Set(Array.from({ length: count }, (_, step) => step)) });
  };
  const folded = folds.id === id ? folds.steps : NO_FOLDS;
  const foldOne = (step: number): void => {
    const next = new Set(folded);
    if (!next.delete(step)) next.add(step);
    setFolds({ id, steps: next });
  };
  useCurationCommands(
    {
      move: (by) => goTo(at + by),
      nextUndecided,
      jump: () => setDialog("jump"),
      decide,
      skip: () => {
        if (id !== undefined)
          host.datasets.review.event({ recordId: id, kind: "skip" }).catch(() => undefined);
        goTo(at + 1);
      },
      edit: () => setEditing(record !== undefined),
      save,
      restoreOriginal: () => {
        if ((record?.revision ?? 0) > 0) restore(0);
      },
      remove,
      tag: () => tagField.current?.focus(),
      toggleTag: (index) => toggleTag(offered[index]),
      toggleChanges: () => setView(view === "changes" ? "text" : "changes"),
      toggleRaw: () => setView(view === "raw" ? "text" : "raw"),
      fold,
      filter: () => search.current?.focus(),
      nextQueue: () =>
        setQueue(QUEUES[(QUEUES.indexOf(queueName) + 1) % QUEUES.length] ?? "pending"),
      select: () => {
        if (id !== undefined) selection.toggle(id);
        goTo(at + 1);
      },
      selectAll: () => selection.add(ids),
      bulk: () => setDialog("bulk"),
      add: () => setDialog("add"),
      details: () => setDialog("details"),
      exportRecords: () => setDialog("export"),
      escape: () => (editing ? setEditing(false) : selection.clear()),
    },
    offered,
  );
  const target: RecordTarget =
    selection.ids.size > 0
      ? { ids: [...selection.ids] }
      : { filter: queueFilter(queueName, reading.filter) };
  const onFacts = useCallback(
    (facts: RecordFacts) =>
      setTyped((before) => (before === undefined ? before : { ...before, facts })),
    [],
  );
  const onText = useCallback((text: EditedText) => {
    edited.current = text;
  }, []);
  const onRefusedText = ({ entry }: Waiting): void => {
    if (entry.kind !== "text" || record === undefined) return;
    writeDraft(workspace, record.id, {
      messages: entry.messages,
      fromRevision: live.kept?.revision ?? record.revision,
      atMs: Date.now(),
    });
    outbox.discard(entry.key);
    setEditing(true);
  };
  return (
    <div className="cols ccols">
      <Splitter name="curation-queue" side="left" label="Width of the queue" initial={288} />
      <Splitter name="curation-verdicts" side="right" label="Width of the verdicts" initial={296} />
      <QueueRegion
        dataset={dataset}
        datasets={datasets}
        queue={queue}
        queueName={queueName}
        line={line}
        problems={reading.problems}
        at={at}
        selected={selection.ids}
        tags={tags}
        search={search}
        onDataset={(next) =>
          navigate(hrefTo(currentAddress().path, { dataset: next.id, queue: queueName }))
        }
        onQueue={setQueue}
        onLine={setLine}
        onChoose={goTo}
        onSelect={select}
        onClear={selection.clear}
        onBulk={() => setDialog("bulk")}
        onAdd={() => setDialog("add")}
      />
      <RecordRegion
        id={id}
        live={live}
        datasetName={dataset.name}
        workspace={workspace}
        view={view}
        onView={setView}
        folded={folded}
        onFold={foldOne}
        editing={editing}
        chosenCount={selection.ids.size}
        tags={offered}
        tagField={tagField}
        failure={act.failure}
        undoLabel={undo}
        empty={<Empty>Nothing is chosen.</Empty>}
        onToggleTag={toggleTag}
        onText={onText}
        onFacts={onFacts}
        onEdit={setEditing}
        onSave={save}
        onDecide={decide}
        onSkip={() => goTo(at + 1)}
        onRestore={() => restore(0)}
        onBulk={() => setDialog("bulk")}
        onRefusedText={onRefusedText}
      />
      <VerdictsAside
        record={record}
        datasetId={datasetId}
        typedFacts={editing ? typed.facts : undefined}
        onRestore={restore}
        onDetails={() => setDialog("details")}
      />
      {dialog === "add" && (
        <AddRecord
          datasetId={datasetId}
          workspace={workspace}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === "details" && record !== undefined && (
        <DetailsDialog key={id} record={record} onClose={() => setDialog(undefined)} />
      )}
      <BulkDialog
        opened={dialog === "bulk"}
        datasetId={datasetId}
        target={target}
        targetText={
          selection.ids.size > 0
            ? `The ${formatNumber(selection.ids.size)} chosen records.`
            : `All records of the queue “${queueName}”${line.trim() === "" ? "" : ` that match ${line}`}, not only those in view.`
        }
        onClose={() => setDialog(undefined)}
        onDone={() => {
          setDialog(undefined);
          selection.clear();
        }}
      />
      {dialog === "export" && (
        <ExportRecords
          dataset={dataset}
          versions={[]}
          selection={[...selection.ids]}
          filterLine={filterText(queueFilter(queueName, reading.filter))}
          folder={workspace}
          onClose={() => setDialog(undefined)}
        />
      )}
      <JumpDialog opened={dialog === "jump"} onClose={() => setDialog(undefined)} onJump={jumpTo} />
    </div>
  );
}
