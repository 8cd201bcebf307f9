/** The theme is also a setting of the workspace, so that every window of it looks alike; the browser's copy is for the first paint. */
import { useEffect } from "react";
import { settingsQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { chooseTheme, themeChoice } from "#renderer/theme/theme-choice.ts";

export function useSharedTheme(): void {
  const theme = useQuery(settingsQuery).data?.theme;
  useEffect(() => {
    if (theme !== undefined && theme !== themeChoice()) chooseTheme(theme);
  }, [theme]);
}
