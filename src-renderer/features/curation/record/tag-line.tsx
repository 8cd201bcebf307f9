/** A record's tags: the dataset's own on number keys, any other typed. */
import { useState } from "react";
import type { ReactNode } from "react";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { useReview } from "../review/review-value.ts";

const LONGEST = 100;

/** @param tags of the record at hand */
export function TagLine({ tags }: { readonly tags: readonly string[] }): ReactNode {
  const { tags: datasetTags, decisions, tagField } = useReview();
  const offered = datasetTags.onKeys;
  const { toggleTag } = decisions;
  const [text, setText] = useState("");
  const others = tags.filter((tag) => !offered.includes(tag));
  return (
    <div className="flex s12 tagline">
      <span className="t3">Tags</span>
      {[...offered, ...others].map((tag, index) => {
        const on = tags.includes(tag);
        return (
          <button
            key={tag}
            type="button"
            className={on ? "chip on" : "chip"}
            aria-pressed={on}
            title={tag}
            onClick={() => toggleTag(tag)}
          >
            {index < offered.length && <KeyCaps keys={String(index + 1)} />}
            <span className="ell tagname">{visibleText(tag)}</span>
          </button>
        );
      })}
      <label className="input taginput">
        <span className="visually-hidden">Add a tag</span>
        <input
          ref={tagField}
          value={text}
          placeholder="tag"
          maxLength={LONGEST}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
            if (event.key !== "Enter") return;
            const tag = text.trim();
            if (tag !== "" && !tags.includes(tag)) toggleTag(tag);
            setText("");
            event.currentTarget.blur();
          }}
        />
        <KeyCaps keys="L" />
      </label>
    </div>
  );
}
