/** Review by hand: a queue of records, one of them large, and what is known about it. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import { hrefTo, useFilter } from "#renderer/navigation/location.ts";
import { datasetNamesQuery, infoQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import "./curation.css";
import { ReviewDesk } from "./review-desk.tsx";

export function CurationScreen(): ReactNode {
  const query = useQuery(datasetNamesQuery);
  const workspace = useQuery(infoQuery).data?.workspace.path;
  const datasets = useMemo(() => query.data ?? [], [query.data]);
  const [datasetText] = useFilter("dataset");
  const dataset = datasetText === "" ? datasets[0] : datasets.find(({ id }) => id === datasetText);
  return (
    <>
      <h1 className="visually-hidden">Curation</h1>
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {(query.data === undefined || workspace === undefined) && query.failure === undefined && (
        <SkeletonRows rows={12} />
      )}
      {query.data !== undefined && dataset === undefined && (
        <Empty
          action={
            <a className="btn" href={hrefTo(["datasets"])}>
              Go to Datasets
            </a>
          }
        >
          {datasetText === ""
            ? "No datasets yet. Import one, or let a teacher write one."
            : "There is no such dataset. It may have been deleted; undo brings it back."}
        </Empty>
      )}
      {dataset !== undefined && workspace !== undefined && (
        <ReviewDesk key={dataset.id} dataset={dataset} datasets={datasets} workspace={workspace} />
      )}
    </>
  );
}
