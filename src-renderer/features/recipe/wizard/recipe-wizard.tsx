/** The wizard around a draft: its head, its steps, the step that is shown, the text beside them, and what the keys do. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import { useTellCrumbs } from "#renderer/navigation/crumbs.ts";
import { useTellEditScope } from "#renderer/navigation/edit-scope.ts";
import { hrefTo, useFilter } from "#renderer/navigation/location.ts";
import { useTellOptions } from "#renderer/navigation/screen-options.ts";
import { infoQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Splitter } from "#renderer/ui/splitter.tsx";
import { DraftContext } from "../document/draft-value.ts";
import type { Json } from "../document/plain-value.ts";
import { offsetOf, readText } from "../document/recipe-document.ts";
import type { DraftState, RecipeDraft } from "../document/recipe-draft.ts";
import { useRecipeCheck } from "../document/use-recipe-check.ts";
import { shownOptions } from "../fields/shown-options.ts";
import { RecipeAside, useChanges } from "../recipe-aside.tsx";
import { StepsList } from "../steps/steps-list.tsx";
import { ExportDialog } from "./export-dialog.tsx";
import { StepRegion } from "./step-region.tsx";
import { useDraftTools } from "./use-draft-tools.ts";
import { useWizardCommands } from "./use-wizard-commands.ts";
import { useWizardWay } from "./use-wizard-way.ts";
import { WhyItFailed } from "./why-it-failed.tsx";
import { WizardHead } from "./wizard-head.tsx";
import { WizardNotices } from "./wizard-notices.tsx";

export function RecipeWizard({
  draft,
  state,
}: {
  readonly draft: RecipeDraft;
  readonly state: DraftState;
}): ReactNode {
  const { text, saved } = state;
  const read = useMemo(() => readText(text), [text]);
  const [lastValue, setLastValue] = useState<Json>(read.value ?? {});
  if (read.value !== undefined && read.value !== lastValue) setLastValue(read.value);
  const value = read.value ?? lastValue;
  const check = useRecipeCheck(text);
  const changes = useChanges(saved.startYaml, text);
  const way = useWizardWay(value);
  const { steps, step, goTo } = way;
  const tools = useDraftTools(draft, text, read, value, check, goTo);
  const machineBytes = useQuery(infoQuery).data?.hardware.memoryBytes ?? 0;
  const [exporting, setExporting] = useState(false);
  const [focusCount, setFocusCount] = useState(0);
  const [, setAside] = useFilter("aside", "yaml");
  const acts = useMemo(
    () => ({
      undo: () => void draft.turn("undo"),
      redo: () => void draft.turn("redo"),
      editText: () => {
        setAside("yaml");
        setFocusCount((count) => count + 1);
      },
      openExport: () => setExporting(true),
    }),
    [draft, setAside],
  );
  useWizardCommands(way, check.problems, acts);
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
  const place = step?.place?.join(".");
  const shown = useMemo(
    () => (step?.place === undefined ? undefined : offsetOf(text, step.place)),
    // The place in the text follows the step, not every key.
    // oxlint-disable-next-line react/exhaustive-deps
    [place],
  );
  return (
    <DraftContext value={tools}>
      <WizardHead
        saved={saved}
        saving={state.saving}
        changed={changes.options.length}
        hasErrors={check.problems.some(({ level }) => level === "error")}
        onUndo={acts.undo}
        onExport={acts.openExport}
      />
      {changes.options.length === 0 && <WhyItFailed origin={saved.origin} />}
      <WizardNotices draft={draft} state={state} yamlError={read.error?.message} />
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
          problems={check.problems}
          checked={check.text !== undefined && !tools.broken}
          looking={check.looking}
          onChoose={goTo}
        />
        <StepRegion
          way={way}
          saved={saved}
          machineBytes={machineBytes}
          onBeforeStart={() => draft.flush()}
        />
        <RecipeAside
          saved={saved}
          changes={changes}
          machineBytes={machineBytes}
          shown={shown}
          focusCount={focusCount}
          onUndo={acts.undo}
          onRedo={acts.redo}
        />
      </div>
      <ExportDialog opened={exporting} yaml={text} onClose={() => setExporting(false)} />
    </DraftContext>
  );
}
