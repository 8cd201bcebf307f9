/** Left: which records, by status and filter, and the list of them. */
import { useState } from "react";
import type { ReactNode, RefObject } from "react";
import type { DatasetSummary, RecordId } from "#shared/schema/dataset.ts";
import { formatNumber, plural } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { FilterPanel } from "./filter-panel.tsx";
import { hasTerm, QUICK_TERMS, toggleTerm } from "./filter-terms.ts";
import { QUEUES } from "../place.ts";
import type { QueueName } from "../place.ts";
import { QueueList } from "./queue-list.tsx";
import type { Queue } from "./use-queue.ts";

/** Shown without opening the panel; the others stand in it. */
const QUICK_IN_VIEW = 3;

export interface QueueRegionProps {
  readonly dataset: DatasetSummary;
  readonly datasets: readonly DatasetSummary[];
  readonly queue: Queue;
  readonly queueName: QueueName;
  readonly line: string;
  readonly problems: readonly string[];
  readonly at: number;
  readonly selected: ReadonlySet<RecordId>;
  readonly tags: readonly string[];
  readonly search: RefObject<HTMLInputElement | null>;
  readonly onDataset: (dataset: DatasetSummary) => void;
  readonly onQueue: (queue: QueueName) => void;
  readonly onLine: (line: string) => void;
  readonly onChoose: (index: number) => void;
  readonly onSelect: (index: number, reach: "one" | "range") => void;
  readonly onClear: () => void;
  readonly onBulk: () => void;
  readonly onAdd: () => void;
}

function countOf(queue: Queue, name: QueueName): number | undefined {
  const { counts } = queue;
  if (counts === undefined) return undefined;
  return name === "all"
    ? counts.pending + counts.accepted + counts.rejected + counts.flagged
    : counts[name];
}

function Queues({ queue, queueName, onQueue }: QueueRegionProps): ReactNode {
  return (
    <div className="chips" role="group" aria-label="Queues">
      {QUEUES.map((name) => {
        const count = countOf(queue, name);
        return (
          <button
            key={name}
            type="button"
            className={name === queueName ? "chip on" : "chip"}
            aria-pressed={name === queueName}
            onClick={() => onQueue(name)}
          >
            {name} <span className="tn">{count === undefined ? "" : formatNumber(count)}</span>
          </button>
        );
      })}
      <KeyCaps keys="Q" />
    </div>
  );
}

function FilterLine(props: QueueRegionProps): ReactNode {
  const { dataset, line, problems, search, tags, onLine } = props;
  const [open, setOpen] = useState(false);
  return (
    <>
      <label className="input filterline">
        <Glyph name="search" />
        <span className="visually-hidden">Filter records</span>
        <input
          ref={search}
          value={line}
          placeholder="Filter: text or field:value"
          spellCheck={false}
          aria-invalid={problems.length > 0}
          onChange={(event) => onLine(event.currentTarget.value)}
          onKeyDown={(event) =>
            (event.key === "Escape" || event.key === "Enter") && event.currentTarget.blur()
          }
        />
        <KeyCaps keys="/" />
      </label>
      {problems.length > 0 && <p className="s11 warn">{problems.join("; ")}</p>}
      <div className="chips" role="group" aria-label="Quick filters">
        {QUICK_TERMS.slice(0, open ? undefined : QUICK_IN_VIEW).map(({ term, label }) => {
          const on = hasTerm(line, term);
          return (
            <button
              key={term}
              type="button"
              className={on ? "chip on" : "chip"}
              aria-pressed={on}
              title={term}
              onClick={() => onLine(toggleTerm(line, term))}
            >
              {label}
            </button>
          );
        })}
        <button type="button" className="chip" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? "Less" : "More"} <Glyph name={open ? "left" : "down"} />
        </button>
      </div>
      {open && <FilterPanel datasetId={dataset.id} line={line} tags={tags} onLine={onLine} />}
    </>
  );
}

function SelectionLine({ selected, onClear, onBulk }: QueueRegionProps): ReactNode {
  return (
    <div className="flex s12 selection">
      <span className="med">{plural(selected.size, "record")} chosen</span>
      <span className="end flex">
        <button type="button" className="linkbtn" onClick={onBulk}>
          Change…
        </button>
        <button type="button" className="linkbtn" onClick={onClear}>
          Clear
        </button>
      </span>
    </div>
  );
}

export function QueueRegion(props: QueueRegionProps): ReactNode {
  const { dataset, datasets, queue, queueName, line, at, selected } = props;
  const total = countOf(queue, "all");
  const left = countOf(queue, "pending");
  return (
    <section className="region" aria-label="Queue">
      <div className="head">
        <h2>Queue</h2>
        {total !== undefined && left !== undefined && (
          <span className="note tn">
            {formatNumber(left)} left of {formatNumber(total)}
          </span>
        )}
        <span className="end flex">
          {queue.loading && queue.ids.length > 0 && <span className="note">looking…</span>}
          <button type="button" className="btn quiet small" onClick={props.onAdd}>
            Add <KeyCaps keys="C" />
          </button>
        </span>
      </div>
      <div className="queuehead">
        <select
          className="input"
          aria-label="Dataset"
          value={dataset.id}
          onChange={(event) => {
            const next = datasets.find(({ id }) => id === event.currentTarget.value);
            if (next !== undefined) props.onDataset(next);
          }}
        >
          {datasets.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <Queues {...props} />
        <FilterLine {...props} />
      </div>
      {queue.failure !== undefined && (
        <FailureNotice failure={queue.failure} onRetry={queue.refresh} />
      )}
      {selected.size > 0 && <SelectionLine {...props} />}
      <div className="qhead s11 t3 bt bb">
        <span>Record</span>
        <span className="grow">Prompt</span>
        <span className="tn">
          {queue.ids.length === 0
            ? ""
            : `${formatNumber(at + 1)} of ${formatNumber(queue.ids.length)}`}
        </span>
      </div>
      {queue.loading && queue.ids.length === 0 ? (
        <SkeletonRows rows={12} />
      ) : queue.ids.length === 0 ? (
        <Empty
          action={
            total === 0 && (
              <button type="button" className="btn" onClick={props.onAdd}>
                Add a record
              </button>
            )
          }
        >
          {line.trim() === ""
            ? queueName === "pending"
              ? "Nothing is left to decide here."
              : `No record is ${queueName === "all" ? "here" : queueName} yet.`
            : "No record of this queue matches the filter."}
        </Empty>
      ) : (
        <QueueList
          datasetId={dataset.id}
          queue={queueName}
          ids={queue.ids}
          at={at}
          selected={selected}
          listKey={`${dataset.id}.${queueName}.${line}`}
          onChoose={props.onChoose}
          onSelect={props.onSelect}
        />
      )}
      <div className="flex s11 t3 bt queuefoot">
        <span>
          Next <KeyCaps keys="J" />
        </span>
        <span>
          Previous <KeyCaps keys="K" />
        </span>
        <span className="opt">
          Undecided <KeyCaps keys="N" />
        </span>
      </div>
    </section>
  );
}
