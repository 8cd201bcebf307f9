/** The wizard around a draft: its head, its steps, the step that is shown, and what the keys do. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { useTellCrumbs } from "#renderer/navigation/crumbs.ts";
import { useTellEditScope } from "#renderer/navigation/edit-scope.ts";
import { useTellOptions } from "#renderer/navigation/screen-options.ts";
import { hrefTo, useFilter } from "#renderer/navigation/location.ts";
import { infoQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { plural } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { originText } from "#renderer/ui/launches/recipe-origin.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { DraftContext } from "./document/draft-value.ts";
import type { DraftTools } from "./document/draft-value.ts";
import { ExportDialog } from "./export-dialog.tsx";
import type { Json } from "./document/plain-value.ts";
import { RecipeAside, useChanges } from "./recipe-aside.tsx";
import {
  applyChanges,
  offsetOf,
  readText,
  removeKeys,
  setKeys,
} from "./document/recipe-document.ts";
import type { DraftState, RecipeDraft } from "./document/recipe-draft.ts";
import { shownOptions } from "./fields/shown-options.ts";
import { StepContent } from "./steps/step-content.tsx";
import { StepsList } from "./steps/steps-list.tsx";
import { useRecipeCheck } from "./document/use-recipe-check.ts";
import { WhyItFailed } from "./why-it-failed.tsx";
import { stepsOf, wizardSteps } from "./steps/wizard-steps.ts";
import type { WizardStep } from "./steps/wizard-steps.ts";
import { Splitter } from "#renderer/ui/splitter.tsx";

const SAVING = { saved: "Saved", waiting: "Not saved yet", saving: "Saving" } as const;

export function RecipeWizard({
  draft,
  state,
}: {
  readonly draft: RecipeDraft;
  readonly state: DraftState;
}): ReactNode {
  const { text, saved } = state;
  const { value: read, error, source } = useMemo(() => readText(text), [text]);
  const [lastValue, setLastValue] = useState<Json>(read ?? {});
  if (read !== undefined && read !== lastValue) setLastValue(read);
  const value = read ?? lastValue;
  const { problems, estimate, looking, text: checked } = useRecipeCheck(text);
  const [stepId, setStepId] = useFilter("step", "preset");
  const [exporting, setExporting] = useState(false);
  const [focusCount, setFocusCount] = useState(0);
  const [, setAside] = useFilter("aside", "yaml");
  const changes = useChanges(saved.startYaml, text);
  const machineBytes = useQuery(infoQuery).data?.hardware.memoryBytes ?? 0;
  const steps = useMemo(() => wizardSteps(value), [value]);
  const place = Math.max(
    0,
    steps.findIndex(({ id }) => id === stepId),
  );
  const step = steps[place];
  const content = useRef<HTMLDivElement>(null);

  const goTo = useCallback((id: string) => setStepId(id, false), [setStepId]);
  const tools = useMemo(
    (): DraftTools => ({
      text,
      value,
      source,
      broken: error !== undefined,
      problems,
      estimate,
      looking,
      set: (keys, next, written) =>
        draft.edit(`set ${keys.join(".")}`, setKeys(draft.state().text, keys, next, written)),
      unset: (keys) => draft.edit(`reset ${keys.join(".")}`, removeKeys(draft.state().text, keys)),
      change: (label, edit) => draft.edit(label, edit(draft.state().text)),
      fix: ({ label, changes: wanted }) =>
        draft.edit(`fix: ${label}`, applyChanges(draft.state().text, wanted)),
      goTo,
    }),
    [text, value, source, error, problems, estimate, looking, draft, goTo],
  );

  const turn = useCallback((way: "undo" | "redo") => void draft.turn(way), [draft]);
  const errors = problems.filter(({ level }) => level === "error");
  useCommands(
    useMemo(
      () =>
        wizardCommands({
          steps,
          place,
          goTo,
          turn,
          nextProblem: () => {
            const wrong = problems.filter(({ level }) => level !== "note");
            const at = steps.flatMap(({ id }, index) =>
              wrong.some((one) => stepsOf(one, steps).includes(id)) ? [index] : [],
            );
            const next = at.find((index) => index > place) ?? at[0];
            const target = steps[next ?? -1];
            if (target !== undefined) goTo(target.id);
          },
          editText: () => {
            setAside("yaml");
            setFocusCount((count) => count + 1);
          },
          exportIt: () => setExporting(true),
        }),
      [steps, place, goTo, turn, problems, setAside],
    ),
  );
  useTellOptions(useMemo(() => shownOptions(value, steps, goTo), [value, steps, goTo]));
  useTellEditScope(`recipe:${saved.id}`);
  useTellCrumbs(
    useMemo(
      () => [
        { label: "Recipes", href: hrefTo(["recipes"]) },
        { label: saved.name, href: hrefTo(["recipe", saved.id]) },
        { label: step?.title ?? "" },
      ],
      [saved.name, saved.id, step?.title],
    ),
  );
  useEffect(() => {
    content.current?.scrollTo(0, 0);
  }, [stepId]);
  const shown = useMemo(
    () => (step?.stage === undefined ? undefined : offsetOf(text, ["stages", step.stage])),
    // The place in the text follows the step, not every key.
    // oxlint-disable-next-line react/exhaustive-deps
    [step?.stage],
  );
  return (
    <DraftContext value={tools}>
      <div className="screenhead">
        <h1 className="ell">{saved.name}</h1>
        <span className="t3 s12 ell">
          recipe, began as {originText(saved.origin)} ·{" "}
          {changes.options.length === 0
            ? "unchanged"
            : `${plural(changes.options.length, "option")} changed`}
        </span>
        <span className="end flex">
          <span className="s12 t3 nowrap" role="status">
            {SAVING[state.saving]}
          </span>
          <button type="button" className="btn quiet" onClick={() => turn("undo")}>
            Undo <KeyCaps keys="Mod+Z" />
          </button>
          <button
            type="button"
            className="btn"
            disabled={errors.length > 0}
            onClick={() => setExporting(true)}
          >
            Export…
          </button>
        </span>
      </div>
      {state.conflict && (
        <div className="notice warn" role="alert">
          <Glyph name="warn" className="warn" />
          <span className="grow">This recipe was changed in another window meanwhile.</span>
          <button type="button" className="btn small" onClick={() => void draft.load()}>
            Take the other
          </button>
          <button type="button" className="btn small" onClick={() => void draft.keepMine()}>
            Keep this one
          </button>
        </div>
      )}
      {changes.options.length === 0 && <WhyItFailed origin={saved.origin} />}
      {state.failure !== undefined && !state.conflict && <FailureNotice failure={state.failure} />}
      {error !== undefined && (
        <div className="notice fail" role="alert">
          <Glyph name="cross" className="fail" />
          <span>The text is no valid YAML now: {error.message} The form waits until it is.</span>
        </div>
      )}
      <div className="cols rcols">
        <Splitter
          name="recipe"
          side="right"
          label="Width of the estimate and the YAML"
          initial={344}
        />
        <StepsList
          steps={steps}
          chosen={step?.id ?? ""}
          problems={problems}
          checked={checked !== undefined && error === undefined}
          looking={looking}
          onChoose={goTo}
        />
        <section className="region" aria-label={step?.title ?? "Step"}>
          <div className="grow scroll stepbody" ref={content}>
            {step !== undefined && (
              <StepContent
                step={step}
                steps={steps}
                saved={saved}
                machineBytes={machineBytes}
                onBeforeStart={() => draft.flush()}
              />
            )}
          </div>
          <StepFoot
            steps={steps}
            place={place}
            errors={errors.length}
            onGo={goTo}
            problems={errors.flatMap((one) => stepsOf(one, steps))}
          />
        </section>
        <RecipeAside
          saved={saved}
          changes={changes}
          machineBytes={machineBytes}
          shown={shown}
          focusCount={focusCount}
          onUndo={() => turn("undo")}
          onRedo={() => turn("redo")}
        />
      </div>
      <ExportDialog opened={exporting} yaml={text} onClose={() => setExporting(false)} />
    </DraftContext>
  );
}

function StepFoot({
  steps,
  place,
  errors,
  problems,
  onGo,
}: {
  readonly steps: readonly WizardStep[];
  readonly place: number;
  readonly errors: number;
  /** Steps that hold one. */
  readonly problems: readonly string[];
  readonly onGo: (id: string) => void;
}): ReactNode {
  const [before, step, next] = [steps[place - 1], steps[place], steps[place + 1]];
  const here = problems.filter((id) => id === step?.id).length;
  return (
    <div className="flex bt stepfoot">
      <button
        type="button"
        className="btn"
        disabled={before === undefined}
        onClick={() => before !== undefined && onGo(before.id)}
      >
        Back
      </button>
      <span className="end s12 flex" role="status">
        {errors > 0 && (
          <span className="fail flex">
            <Glyph name="cross" />
            {here > 0
              ? `${plural(here, "problem")} in this step`
              : `${plural(errors, "problem")} in other steps`}
          </span>
        )}
      </span>
      {next !== undefined && (
        <button
          type="button"
          className={step?.id === "review" ? "btn" : "btn primary"}
          onClick={() => onGo(next.id)}
        >
          Continue to {next.title}
        </button>
      )}
    </div>
  );
}

function wizardCommands(act: {
  readonly steps: readonly WizardStep[];
  readonly place: number;
  readonly goTo: (id: string) => void;
  readonly turn: (way: "undo" | "redo") => void;
  readonly nextProblem: () => void;
  readonly editText: () => void;
  readonly exportIt: () => void;
}): readonly Command[] {
  const next = act.steps[act.place + 1];
  const before = act.steps[act.place - 1];
  const group = "This screen";
  return [
    {
      id: "recipe.next",
      title: "Next step",
      group,
      keys: "Alt+ArrowRight",
      notNow: next === undefined ? "this is the last" : undefined,
      run: () => next !== undefined && act.goTo(next.id),
    },
    {
      id: "recipe.previous",
      title: "Previous step",
      group,
      keys: "Alt+ArrowLeft",
      notNow: before === undefined ? "this is the first" : undefined,
      run: () => before !== undefined && act.goTo(before.id),
    },
    { id: "recipe.problem", title: "Next problem", group, keys: "F8", run: act.nextProblem },
    {
      id: "recipe.undo",
      title: "Undo the last edit of this recipe",
      group,
      keys: "Mod+Z",
      run: () => act.turn("undo"),
    },
    {
      id: "recipe.redo",
      title: "Redo",
      group,
      keys: "Mod+Shift+Z",
      run: () => act.turn("redo"),
    },
    { id: "recipe.text", title: "Edit the recipe as YAML", group, keys: "Y", run: act.editText },
    { id: "recipe.export", title: "Export to TRL or verl…", group, run: act.exportIt },
    {
      id: "recipe.review",
      title: "Review and start",
      group,
      keys: "Mod+Enter",
      run: () => act.goTo("review"),
    },
  ];
}
