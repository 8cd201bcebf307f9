/** A dataset under review: its queue, the record at hand, the verdicts on it, and the dialogs that keys open. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import { useTellCrumbs } from "#renderer/navigation/crumbs.ts";
import { useTellEditScope } from "#renderer/navigation/edit-scope.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { Splitter } from "#renderer/ui/splitter.tsx";
import { useEditorAhead } from "./editing/record-editor.tsx";
import { QueueRegion } from "./queue/queue-region.tsx";
import { RecordRegion } from "./record/record-region.tsx";
import { useCurationCommands } from "./review/curation-commands.ts";
import { ReviewDialogs } from "./review/review-dialogs.tsx";
import { ReviewContext } from "./review/review-value.ts";
import { useShowChanged } from "./review/use-show-changed.ts";
import { useReviewOf } from "./review/use-review-of.ts";
import type { ReviewOf } from "./review/use-review-of.ts";
import { VerdictsAside } from "./verdicts/verdicts-aside.tsx";

function useCrumbs({ id, name }: ReviewOf["dataset"], position: number | undefined): void {
  useTellCrumbs(
    useMemo(
      () => [
        { label: "Curation", href: hrefTo(["curation"], { dataset: id }) },
        { label: name, href: hrefTo(["dataset", id]) },
        ...(position === undefined ? [] : [{ label: formatNumber(position) }]),
      ],
      [id, name, position],
    ),
  );
}

export function ReviewDesk(props: ReviewOf): ReactNode {
  const review = useReviewOf(props);
  useCurationCommands(review);
  useTellEditScope(`dataset:${props.dataset.id}`, useShowChanged(review.reading));
  useCrumbs(props.dataset, review.reading.live.record?.position);
  useEditorAhead();
  return (
    <ReviewContext value={review}>
      <div className="cols ccols">
        <Splitter name="curation-queue" side="left" label="Width of the queue" initial={288} />
        <Splitter
          name="curation-verdicts"
          side="right"
          label="Width of the verdicts"
          initial={296}
        />
        <QueueRegion />
        <RecordRegion />
        <VerdictsAside />
        <ReviewDialogs />
      </div>
    </ReviewContext>
  );
}
