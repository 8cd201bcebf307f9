/** A walk through the screens for who is new here: a panel below them, not over them, that ends at the demo. */
import { useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import { create } from "zustand";
import { infoQuery, pipelineQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { ConfirmDialog } from "#renderer/ui/confirm-dialog.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { notify } from "#renderer/navigation/notices.ts";
import { hrefTo, navigate, useAddress } from "#renderer/navigation/location.ts";
import { checkWords } from "./check-words.ts";
import { deleteSample, makeSample, readSample } from "./tour-sample.ts";
import type { Sample } from "./tour-sample.ts";
import "./tour.css";

const KEY = "gradus.tour";

interface Stop {
  readonly path: readonly string[];
  readonly title: string;
  readonly text: string;
}

export const TOUR: readonly Stop[] = [
  {
    path: [],
    title: "Home",
    text: "What runs, what needs you, and the machine's state. The demo starts here; the field in the window bar, or Ctrl+K, finds every command.",
  },
  {
    path: ["datasets"],
    title: "Datasets",
    text: "Worked examples come in from files or from a teacher. Checked by rule as they arrive, published as versions that never change.",
  },
  {
    path: ["curation"],
    title: "Curation",
    text: "A cold start needs few examples, but good ones: read them one by one, by keyboard, accept, reject, edit. Every edit can be undone.",
  },
  {
    path: ["recipes"],
    title: "Recipes",
    text: "Stages from cold start to distilled student, as a form and as YAML at once. Start from a preset; what would fail later is said beside the field now.",
  },
  {
    path: ["runs"],
    title: "Runs",
    text: "Everything that was started. Open one to watch its charts, read each completion with its reward, stop it, go on, or branch from a checkpoint.",
  },
  {
    path: ["compare"],
    title: "Compare",
    text: "Models side by side on the same problems: better, worse or cannot tell, with the interval, and what each point cost.",
  },
  {
    path: ["playground"],
    title: "Playground",
    text: "Ask a model, or two, and see how sure it was of each token.",
  },
  {
    path: [],
    title: "The demo",
    text: "The short check touches every stage in a few steps; the whole demo measures what each of them is worth. Results appear as each stage ends.",
  },
];

/** The stop that is shown; undefined: no tour. */
const useStop = create<number | undefined>(() => undefined);
/** Followed while the tour runs; the browser remembers it for later. */
let sample: Sample | undefined;

/** Whether this browser was offered the tour before. */
export function tourWasSeen(): boolean {
  return window.localStorage.getItem(KEY) === "seen";
}

export function dismissTour(): void {
  window.localStorage.setItem(KEY, "seen");
  useStop.setState(undefined);
}

export function startTour(): void {
  goToStop(0);
}

/** Where a stop leads: into the sample where there is one. */
function hrefOf({ path }: Stop): string {
  if (sample !== undefined) {
    const { datasetId, pipelineId } = sample;
    if (path[0] === "curation") return hrefTo(path, { dataset: datasetId });
    if (path[0] === "runs") return hrefTo(["pipeline", pipelineId]);
    if (path[0] === "compare") return hrefTo(path, { runs: pipelineId });
  }
  return hrefTo(path);
}

async function startWithSample(): Promise<void> {
  sample = await makeSample();
  goToStop(0);
}

function goToStop(index: number): void {
  const stop = TOUR[index];
  if (stop === undefined) {
    dismissTour();
    return;
  }
  navigate(hrefOf(stop));
  useStop.setState(index);
}

export function TourPanel(): ReactNode {
  const index = useStop();
  const stop = index === undefined ? undefined : TOUR[index];
  if (index === undefined || stop === undefined) return null;
  return <StopPanel key={index} index={index} stop={stop} />;
}

function StopPanel({ index, stop }: { readonly index: number; readonly stop: Stop }): ReactNode {
  const next = useRef<HTMLButtonElement>(null);
  const last = index === TOUR.length - 1;
  useEffect(() => next.current?.focus(), []);
  return (
    <section className="tour" aria-label="Tour">
      <div className="flex">
        <h2 className="med">{stop.title}</h2>
        <span className="t3 s12 end">
          {index + 1} of {TOUR.length}
        </span>
      </div>
      <p className="t2" aria-live="polite">
        {stop.text}
      </p>
      <SampleLine className="notice" />
      <div className="flex">
        <button type="button" className="btn small" onClick={dismissTour}>
          {last ? "Not now" : "Leave"}
        </button>
        <span className="end flex">
          {index > 0 && (
            <button type="button" className="btn small" onClick={() => goToStop(index - 1)}>
              Back
            </button>
          )}
          <button
            ref={next}
            type="button"
            className="btn small"
            onClick={() => {
              goToStop(index + 1);
              if (last) document.querySelector<HTMLElement>("[data-tour-end]")?.focus();
            }}
          >
            {last ? "To the demo" : "Next"}
          </button>
        </span>
      </div>
    </section>
  );
}

/** Says what of the sample is there, and takes it away with one action. */
function SampleLine({ className }: { readonly className: string }): ReactNode {
  const workspace = useQuery(infoQuery).data?.workspace.path;
  const [gone, setGone] = useState(false);
  const [asking, setAsking] = useState(false);
  const act = useAct();
  const made = gone ? undefined : readSample(workspace);
  const status = useQuery(made === undefined ? undefined : pipelineQuery(made.pipelineId)).data
    ?.status;
  if (made === undefined) return null;
  const remove = (): void => {
    void act
      .run(() => deleteSample(made))
      .then((done) => {
        if (!done) return;
        setAsking(false);
        sample = undefined;
        setGone(true);
        notify({
          tone: "done",
          title: "The tour’s sample is deleted",
          detail: "The tour makes another where it is taken again.",
          href: undefined,
        });
      });
  };
  return (
    <div className={className}>
      <span className="s12 t2">
        The tour’s sample is here: a dataset of four records, and {checkWords(status)}.
      </span>
      <button
        type="button"
        className="btn small end"
        disabled={act.busy}
        onClick={() => setAsking(true)}
      >
        {act.busy ? "Deleting" : "Delete the sample"}
      </button>
      <ConfirmDialog
        opened={asking}
        title="Delete the tour’s sample?"
        acts={[{ label: "Delete both", danger: true, run: remove }]}
        keep="Keep it"
        busy={act.busy}
        failure={act.failure}
        onClose={() => setAsking(false)}
      >
        Its dataset of four records, with what you decided about them, and its short check with all
        that it measured go for good: undo does not bring them back. Nothing of your own is in them.
      </ConfirmDialog>
    </div>
  );
}

/** One line at the top of Home, until it was taken or declined once. */
export function TourOffer(): ReactNode {
  const [declined, setSeen] = useState(tourWasSeen);
  const seen = declined || tourWasSeen();
  const running = useStop((index) => index !== undefined);
  const { path } = useAddress();
  const act = useAct();
  if (running || path.length > 0) return null;
  if (seen) return <SampleLine className="notice touroffer" />;
  return (
    <div className="notice touroffer">
      <span>
        <span className="med">New here?</span>{" "}
        <span className="t2">
          Eight stops, two minutes, and the demo at the end. With a sample: four records to review
          and the short check, which computes for a minute or a few on this machine meanwhile.
        </span>
        {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      </span>
      <span className="end flex">
        <button type="button" className="btn small" onClick={startTour}>
          Take the tour
        </button>
        <button
          type="button"
          className="btn small"
          disabled={act.busy}
          onClick={() => void act.run(startWithSample)}
        >
          Tour with a sample
        </button>
        <button
          type="button"
          className="btn small"
          onClick={() => {
            dismissTour();
            setSeen(true);
          }}
        >
          No, thanks
        </button>
      </span>
    </div>
  );
}
