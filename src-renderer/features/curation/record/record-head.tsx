/** Which record this is, its status, and how it is shown. */
import type { ReactNode } from "react";
import type { DatasetRecord, RecordStatus } from "#shared/schema/dataset.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import type { GlyphName } from "#renderer/ui/glyph.tsx";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { useReview } from "../review/review-value.ts";

const STATUS_MARKS: Readonly<
  Record<RecordStatus, { readonly glyph: GlyphName; readonly tone: string }>
> = {
  pending: { glyph: "circle", tone: "" },
  accepted: { glyph: "check", tone: "pass" },
  rejected: { glyph: "cross", tone: "fail" },
  flagged: { glyph: "warn", tone: "warn" },
};

function ViewChoice(): ReactNode {
  const { view, setView } = useReview().place;
  return (
    <span className="end flex">
      <Segments
        slim
        label="View"
        value={view}
        onChange={setView}
        segments={[
          { value: "text", label: "Text" },
          {
            value: "changes",
            label: (
              <>
                Changes&nbsp;
                <KeyCaps keys="D" />
              </>
            ),
          },
          {
            value: "raw",
            label: (
              <>
                Raw&nbsp;
                <KeyCaps keys="W" />
              </>
            ),
          },
        ]}
      />
    </span>
  );
}

export function RecordHead({ record }: { readonly record: DatasetRecord }): ReactNode {
  const { dataset, reading, editing } = useReview();
  const mark = STATUS_MARKS[record.status];
  return (
    <div className="head bb recordhead">
      <h2>Record {formatNumber(record.position)}</h2>
      <span className="note ell opt">{dataset.name}</span>
      <span className={`tag ${mark.tone}`}>
        <Glyph name={mark.glyph} />
        {record.status}
      </span>
      {record.revision > 0 && <span className="tag">edited</span>}
      {reading.live.waiting.length > 0 && <span className="tag warn">not saved yet</span>}
      {!editing.on && <ViewChoice />}
    </div>
  );
}
