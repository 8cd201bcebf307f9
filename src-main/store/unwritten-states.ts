/**
 * How runs and pipelines stand that could not be written, since the disk was full when they ended: shown as if they
 * were written, until they are.
 */
import type { RunStatus, StatusReason } from "#shared/schema/run.ts";

export interface UnwrittenState {
  readonly status: RunStatus;
  readonly reason: StatusReason | null;
  readonly endedAtMs: number;
}

interface StatusColumns {
  readonly id: string;
  readonly status: string;
  readonly status_reason: string | null;
  readonly ended_at_ms: number | null;
}

export class UnwrittenStates {
  readonly #states = new Map<string, UnwrittenState>();

  set(id: string, state: UnwrittenState): void {
    this.#states.set(id, state);
  }

  delete(id: string): void {
    this.#states.delete(id);
  }

  /** The row as it would stand if it could be written. */
  over<Row extends StatusColumns>(row: Row): Row {
    const state = this.#states.get(row.id);
    if (state === undefined) return row;
    return {
      ...row,
      status: state.status,
      status_reason: state.reason === null ? null : JSON.stringify(state.reason),
      ended_at_ms: state.endedAtMs,
    };
  }
}
