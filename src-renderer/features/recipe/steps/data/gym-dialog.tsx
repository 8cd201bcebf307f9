/** Asks once before reasoning-gym is installed, and shows how far that is. */
import { useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import type { GymProgress, GymState } from "#shared/schema/gym.ts";
import type { Failure } from "#renderer/bridge/failure.ts";
import { failureOf } from "#renderer/bridge/failure.ts";
import { host } from "#renderer/bridge/host.ts";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { DialogFoot } from "#renderer/ui/dialog-foot.tsx";
import { Meter } from "#renderer/ui/pipelines/progress-line.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";

export interface GymDialogProps {
  readonly opened: boolean;
  readonly state: GymState | undefined;
  /** Ends an install that is under way. */
  readonly onClose: () => void;
  readonly onInstalled: () => void;
}

export function GymDialog({ opened, state, onClose, onInstalled }: GymDialogProps): ReactNode {
  const [progress, setProgress] = useState<GymProgress>();
  const [failure, setFailure] = useState<Failure>();
  const abort = useRef<AbortController>(undefined);
  useEffect(() => () => abort.current?.abort(), []);
  const close = (): void => {
    abort.current?.abort();
    setProgress(undefined);
    setFailure(undefined);
    onClose();
  };
  const install = async (signal: AbortSignal): Promise<void> => {
    for await (const event of await host.gym.install(undefined, { signal })) {
      if (event.type === "progress") setProgress(event);
      else if (event.type === "done") onInstalled();
      else setFailure({ message: event.message, advice: event.advice ?? undefined });
    }
  };
  const begin = (): void => {
    const mine = new AbortController();
    abort.current = mine;
    setFailure(undefined);
    setProgress({ phase: "beginning", share: 0 });
    install(mine.signal)
      .catch((error: unknown) => {
        if (!mine.signal.aborted) setFailure(failureOf(error));
      })
      .finally(() => setProgress(undefined));
  };
  return (
    <Dialog opened={opened} onClose={close} label="Install reasoning-gym?" headed size={480}>
      <p className="t2">
        A hundred tasks with scoring of their own. They are Python: pip installs them, with every
        package by version and hash, into {state?.folder ?? "the workspace"}. That takes some
        minutes and about 280 MB.
      </p>
      {progress !== undefined && (
        <div aria-live="polite">
          <div className="s12 t2">{progress.phase}</div>
          <Meter share={progress.share} live label="Installing reasoning-gym" />
        </div>
      )}
      {failure !== undefined && <FailureNotice failure={failure} />}
      <DialogFoot
        onClose={close}
        {...(progress === undefined ? {} : { closing: "Stop installing" })}
      >
        <button
          type="button"
          className="btn primary"
          disabled={progress !== undefined}
          onClick={begin}
        >
          Install
        </button>
      </DialogFoot>
    </Dialog>
  );
}
