/** Begins a recipe on a set's problems and opens it at its data. */
import { useCallback } from "react";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import type { Act } from "#renderer/bridge/use-act.ts";
import { benchmarkRecipe, benchmarkSide, grpoRecipe } from "./new-recipe.ts";
import type { SetPlace } from "../set-place.ts";

export interface BeginRecipe {
  readonly act: Act;
  readonly train: () => void;
  readonly benchmark: () => void;
}

/** Where the workspace has no model yet. */
const SMALLEST = "smollm2-135m-instruct";

/**
 * The same value while place and set are.
 * @param splits how many problems the version has on each side
 */
export function useBeginRecipe(
  { name, version, asked: where }: Pick<SetPlace, "name" | "version" | "asked">,
  splits: { readonly train: number; readonly test: number } | undefined,
): BeginRecipe {
  const act = useAct();
  const { run } = act;
  const begin = useCallback(
    (yamlFor: (model: string) => string) =>
      void run(async () => {
        const [model] = await host.models.list();
        const { id } = await host.recipes.create({
          from: { yaml: yamlFor(model?.id ?? SMALLEST) },
        });
        navigate(hrefTo(["recipe", id], { step: "data" }));
      }),
    [run],
  );
  const set = version === null ? name : `${name}@${String(version)}`;
  const train = useCallback(
    () => begin((model) => grpoRecipe({ set, where, model })),
    [begin, set, where],
  );
  const benchmark = useCallback(() => {
    const side = benchmarkSide(where, splits?.test ?? 0);
    begin((model) => benchmarkRecipe({ set, where, model }, side, splits?.[side] ?? 1));
  }, [begin, set, where, splits]);
  return { act, train, benchmark };
}
