/** A judge and a teacher behind an endpoint in the window: added, its rubric written, what it lacks said beside it. */
import { expect, test } from "@playwright/test";
import { connectTo } from "../helpers/host-client.ts";
import { judgeServer } from "../helpers/judge-server.ts";
import { seededHost } from "./file-host.ts";
import { beginRecipe, recipeSaved } from "./recipe-page.ts";
import { openWindow } from "./window-page.ts";

const host = seededHost();

test("a judge is added with its rubric, and solutions are sampled by an endpoint", async ({
  browser,
}) => {
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo("/settings");
  await page.getByRole("button", { name: "Add an endpoint" }).click();
  const form = page.getByRole("dialog", { name: "Add an endpoint" });
  await form.getByLabel("Name").fill("grader");
  await form.getByLabel("Base URL").fill("http://127.0.0.1:9/v1");
  await form.getByLabel("Model").fill("small");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  await goTo("/recipes");
  const address = await beginRecipe(page, "Demo (smoke)");
  await goTo(`${address}?step=rewards`);
  await page.getByRole("button", { name: "Add a judge: grader" }).click();
  const rubric = page.getByRole("textbox", { name: "Rubric rewards/rubric.md" });
  await expect(rubric).toHaveValue(/Judge the text/u);
  await rubric.fill("A good text is short.\n");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("button", { name: "Save", exact: true })).toBeDisabled();
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await recipeSaved(page);
  await page.reload();
  await expect(page.getByRole("combobox", { name: "judge", exact: true })).toHaveValue("grader");
  await expect(page.getByRole("textbox", { name: "rubric", exact: true })).toHaveValue(
    "rewards/rubric.md",
  );
  await page.getByRole("button", { name: "Edit rewards/rubric.md" }).click();
  await expect(rubric).toHaveValue("A good text is short.\n");
  await expect(page.getByText(/what they cost is not known: grader has no prices/u)).toBeVisible({
    timeout: 20_000,
  });
  await expect(page.getByText("not compared with people yet")).toBeVisible();

  await goTo(`${address}?step=stage.traces`);
  await page.getByRole("radio", { name: "an endpoint" }).click();
  await expect(page.getByRole("combobox", { name: "endpoint", exact: true })).toHaveValue("grader");
  await recipeSaved(page);
  await page.reload();
  await expect(page.getByRole("combobox", { name: "endpoint", exact: true })).toHaveValue("grader");
  expect(complaints).toEqual([]);
});

test("a judge is compared with people on a file, at a price that is said first", async ({
  browser,
}) => {
  const server = await judgeServer(({ messages }) => {
    const words = /TEXT [0-9a-f]+\n(.*)\nEND OF TEXT/u.exec(messages[1]?.content ?? "")?.[1] ?? "";
    return { text: `{"score": ${words}}` };
  });
  const { call, close } = await connectTo(host.url);
  await call.endpoints.save({
    fields: {
      name: "priced",
      baseUrl: server.url,
      model: "small",
      usdPerMillionInputTokens: 0,
      usdPerMillionOutputTokens: 10,
    },
  });
  close();
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo("/recipes");
  const address = await beginRecipe(page, "Demo (smoke)");
  await goTo(`${address}?step=rewards`);
  await page.getByRole("button", { name: "Add a judge: priced" }).click();
  await page.getByRole("button", { name: /^Compare with people…/u }).click();
  const dialog = page.getByRole("dialog", { name: "Compare with people" });
  await dialog.getByRole("radio", { name: "a file" }).click();
  const rated = [2, 5, 8].map(
    (n) => `${JSON.stringify({ prompt: `p${n}`, completion: String(n), rating: n })}\n`,
  );
  await dialog.getByLabel("File to import").setInputFiles({
    name: "rated.jsonl",
    mimeType: "application/jsonl",
    buffer: Buffer.from(rated.join("")),
  });
  // Three texts of at most 1,024 tokens out.
  await expect(dialog.getByRole("status")).toHaveText(
    "3 texts with a rating; the judge is asked about 3: at most $0.031.",
  );
  expect(server.asked).toHaveLength(0);
  await dialog.getByRole("button", { name: "Compare", exact: true }).click();
  const figures = dialog.getByRole("table", { name: "Agreement with people" });
  await expect(figures).toContainText("kappa1.00");
  await expect(figures).toContainText("texts3");
  await expect(figures).toContainText("$0.00030");
  await page.keyboard.press("Escape");
  await expect(page.getByText(/^Spearman 1\.00 .*n 3$/u)).toBeVisible();
  server.close();
  expect(complaints).toEqual([]);
});
