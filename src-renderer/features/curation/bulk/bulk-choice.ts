/** What a person chose to change in many records, and the action that it makes. Pure. */
import type { BulkAction } from "#shared/contract/dataset-records.ts";
import type { RecordStatus } from "#shared/schema/dataset.ts";
import { metadataJson } from "#shared/schema/metadata-text.ts";

export type BulkType = BulkAction["type"];

/** Each type of change in words, and what one should know before it is made; in the order they are offered. */
export const BULK_TYPES = {
  status: { label: "Set the status", note: "" },
  tags: { label: "Add or remove a tag", note: "" },
  gold: {
    label: "Set the right answer",
    note: "Verdicts follow the new right answer. Without one, none is known any more.",
  },
  metadata: {
    label: "Set metadata",
    note: "Numbers, true, false, null, lists and objects are read as JSON; a number in quotes is a text. Without a value the entry goes.",
  },
  "repair-format": {
    label: "Repair the form",
    note: "Tags are closed, stray ones removed, text around the answer moved. What cannot be repaired is left.",
  },
  "remove-foreign-lines": {
    label: "Remove lines in another language",
    note: "Lines of the reasoning in another script than the prompt's are removed.",
  },
  "remove-repetition": {
    label: "Remove repetition",
    note: "Sentences and lines of the reasoning that only repeat an earlier one are removed.",
  },
  deduplicate: {
    label: "Keep one of each duplicate",
    note: "One record of each cluster stays as it is; the others get the status.",
  },
  "restore-original": {
    label: "Restore the original text",
    note: "The model's own text becomes a new revision; the edited ones are kept.",
  },
  delete: {
    label: "Delete",
    note: "The records leave the dataset. Published versions keep them; undo brings them back.",
  },
} as const satisfies Record<BulkType, { readonly label: string; readonly note: string }>;

/** The fields of every type; those of the others stay as they were while one type is chosen. */
export interface BulkChoice {
  readonly type: BulkType;
  readonly status: RecordStatus;
  /** What the other duplicates become. */
  readonly others: RecordStatus;
  readonly tag: string;
  readonly tagWay: "add" | "remove";
  readonly gold: string;
  readonly name: string;
  readonly value: string;
  readonly duplicates: "exact" | "near";
  readonly keep: "first" | "most-readable" | "shortest";
}

export const FIRST_CHOICE: BulkChoice = {
  type: "status",
  status: "accepted",
  others: "rejected",
  tag: "",
  tagWay: "add",
  gold: "",
  name: "",
  value: "",
  duplicates: "near",
  keep: "first",
};

/** Undefined where something is missing that the action needs. */
export function actionOf(choice: BulkChoice): BulkAction | undefined {
  switch (choice.type) {
    case "status":
      return { type: "status", status: choice.status };
    case "tags": {
      const tag = choice.tag.trim();
      if (tag === "") return undefined;
      return choice.tagWay === "add"
        ? { type: "tags", add: [tag], remove: [] }
        : { type: "tags", add: [], remove: [tag] };
    }
    case "gold":
      return { type: "gold", value: choice.gold.trim() === "" ? null : choice.gold };
    case "metadata": {
      const key = choice.name.trim();
      if (key === "") return undefined;
      const value = choice.value === "" ? null : metadataJson(choice.value);
      return { type: "metadata", key, value };
    }
    case "deduplicate":
      return {
        type: "deduplicate",
        duplicates: choice.duplicates,
        keep: choice.keep,
        status: choice.others,
      };
    default:
      return { type: choice.type };
  }
}
