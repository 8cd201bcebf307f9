/** Records and rows as a person left them: what the host holds, with what is still on its way to it laid over. */
import { useEffect, useMemo } from "react";
import { useStore } from "zustand";
import type { DatasetId, DatasetRecord, RecordId, RecordRow } from "#shared/schema/dataset.ts";
import { infoQuery } from "../queries.ts";
import { onHostEvent } from "../follow-host.ts";
import { outbox } from "./outbox.ts";
import type { Waiting } from "./outbox.ts";
import { recordAfter, rowAfter } from "./outbox-entry.ts";
import { recordStore } from "./record-store.ts";
import { useQuery } from "../use-query.ts";

export function useWaiting(): readonly Waiting[] {
  return useStore(outbox.store);
}

/** Once, by the shell: follows the host and keeps the outbox going, on whatever screen. */
export function useOutbox(): void {
  const workspace = useQuery(infoQuery).data?.workspace.path;
  useEffect(() => {
    if (workspace !== undefined) outbox.open(workspace);
  }, [workspace]);
  useEffect(() => onHostEvent(recordStore.heard), []);
  useEffect(() => {
    window.addEventListener("storage", outbox.heard);
    const warn = (event: BeforeUnloadEvent): void => {
      // All others are written down and go out with the next page.
      if (outbox.waiting().some(({ onlyHere }) => onlyHere)) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => {
      window.removeEventListener("storage", outbox.heard);
      window.removeEventListener("beforeunload", warn);
    };
  }, []);
}

function changesOf(waiting: readonly Waiting[], id: RecordId): readonly Waiting[] {
  return waiting.filter(({ entry }) => entry.recordIds.includes(id));
}

export interface LiveRecord {
  readonly record: DatasetRecord | undefined;
  /** As the host has it. */
  readonly kept: DatasetRecord | undefined;
  /** There is no such record. */
  readonly gone: boolean;
  /** Changes that the host does not have. */
  readonly waiting: readonly Waiting[];
}

/** A record; its neighbours are fetched so that they are there when they are asked for. */
export function useRecord(id: RecordId | undefined, neighbours: readonly RecordId[]): LiveRecord {
  useStore(recordStore.version);
  const waiting = useWaiting();
  useEffect(() => {
    if (id === undefined) return undefined;
    const ask = (): void => recordStore.wantRecords([id, ...neighbours]);
    ask();
    return recordStore.version.subscribe(ask);
  }, [id, neighbours]);
  const kept = id === undefined ? undefined : recordStore.record(id);
  const gone = id !== undefined && kept === undefined && recordStore.isGone(id);
  return useMemo(() => {
    const own = id === undefined ? [] : changesOf(waiting, id);
    const record =
      kept === undefined
        ? undefined
        : own.reduce((before, { entry }) => recordAfter(before, entry), kept);
    return { record, kept, gone, waiting: own };
  }, [id, kept, gone, waiting]);
}

/** Rows of a list by id; those in `inView` are fetched. */
export function useRows(
  datasetId: DatasetId,
  inView: readonly RecordId[],
): (id: RecordId) => RecordRow | undefined {
  useStore(recordStore.version);
  const waiting = useWaiting();
  useEffect(() => {
    const ask = (): void => recordStore.wantRows(datasetId, inView);
    ask();
    return recordStore.version.subscribe(ask);
  }, [datasetId, inView]);
  return (id) => {
    const row = recordStore.row(id);
    return row === undefined
      ? undefined
      : changesOf(waiting, id).reduce((before, { entry }) => rowAfter(before, entry), row);
  };
}
