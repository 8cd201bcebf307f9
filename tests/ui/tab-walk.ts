/** Walks a screen with the Tab key, as far as the focus goes, and says what it found wrong. */
import type { Page } from "@playwright/test";
import { settled } from "./window-page.ts";

/** More stops than any screen has. */
const MOST = 400;
/** Walks through a page that changes each time while it is walked through. */
const WALKS = 3;

/** Runs in the page: what could have the focus, and what is seen of it. */
function installWalk(): void {
  const CONTROLS =
    'a[href], button, input, select, textarea, summary, [contenteditable="true"], [tabindex="0"]';
  /** Widgets of one stop, inside which arrows move. */
  const GROUPS =
    "[role=tablist], [role=radiogroup], [role=grid], [role=toolbar], [role=listbox], [role=menu], [role=tree]";
  const FRAMES = 30;
  const known = new Map<Element, string>();
  const reached = new Set<Element>();

  /** What a focus may change of how an element and what surrounds it is drawn. */
  const look = (element: Element): string => {
    const parts: string[] = [];
    // A list holds the focus itself and shows it on the row that it names.
    const row = document.getElementById(element.getAttribute("aria-activedescendant") ?? "");
    let at: Element | null = row ?? element;
    for (let level = 0; level < 3 && at !== null; level += 1, at = at.parentElement) {
      const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(at);
      parts.push(
        outlineStyle === "none" ? "none" : `${outlineStyle} ${outlineWidth} ${outlineColor}`,
        boxShadow,
      );
    }
    return parts.join("; ");
  };
  const visible = (element: Element): boolean => {
    const { width, height } = element.getBoundingClientRect();
    return (
      width > 0 &&
      height > 0 &&
      element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
      element.closest("[inert], [aria-hidden=true]") === null
    );
  };
  const enabled = (element: Element): boolean =>
    !element.matches(":disabled") &&
    !(element instanceof HTMLInputElement && element.type === "hidden");
  const named = (element: Element): string => {
    const text = element.getAttribute("aria-label") ?? element.textContent;
    return `<${element.tagName.toLowerCase()} class="${element.getAttribute("class") ?? ""}"> ${text.trim().slice(0, 50)}`;
  };
  const controls = (): Element[] =>
    [...document.querySelectorAll(CONTROLS)].filter((one) => enabled(one) && visible(one));
  /** Radio buttons of one name are one stop. */
  const radiosWith = (element: Element): Element[] =>
    element instanceof HTMLInputElement && element.type === "radio"
      ? [...document.querySelectorAll("input[type=radio]")].filter(
          (one) => one instanceof HTMLInputElement && one.name === element.name,
        )
      : [];

  Object.assign(window, {
    tabWalk: {
      begin: () => {
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
        known.clear();
        reached.clear();
        for (const one of controls()) known.set(one, look(one));
        const first = document.querySelector("a.skip");
        if (first instanceof HTMLElement) first.focus();
      },
      /** Where the focus is: what is wrong with it, and whether it was there before. */
      step: async () => {
        const at = document.activeElement;
        if (at === null || at === document.body) return { at: "body", again: false, unseen: false };
        const again = reached.has(at);
        reached.add(at);
        // What came into being by the walk itself has no look to compare with: its outline must be there.
        const before = known.get(at) ?? "";
        const isSeen = (): boolean =>
          before === "" ? getComputedStyle(at).outlineStyle !== "none" : look(at) !== before;
        // An editor draws its ring a moment later.
        for (let frame = 0; frame < FRAMES && !isSeen(); frame += 1)
          await new Promise((resolve) => {
            requestAnimationFrame(resolve);
          });
        const unseen = !isSeen();
        return { at: named(at), again, unseen };
      },
      /** Whether controls have come that were not there at the beginning. */
      changed: () => controls().some((one) => !known.has(one)),
      missed: () => {
        const inReachedGroup = (one: Element): boolean => {
          const group = one.closest(GROUPS);
          return group !== null && [...reached].some((stop) => stop.closest(GROUPS) === group);
        };
        return controls()
          .filter((one) => !reached.has(one) && !inReachedGroup(one))
          .filter((one) => !radiosWith(one).some((radio) => reached.has(radio)))
          .map(named);
      },
    },
  });
}

interface Walk {
  begin(): void;
  step(): Promise<{ readonly at: string; readonly again: boolean; readonly unseen: boolean }>;
  changed(): boolean;
  missed(): string[];
}

declare global {
  // oxlint-disable-next-line no-var
  var tabWalk: Walk;
}

interface Walked {
  readonly stops: number;
  readonly faults: readonly string[];
}

/**
 * Presses Tab from the top of the page until the focus has come around; gives the number of stops and what is wrong. A
 * part of the page that came while the walk was on its way may stand behind it: the whole page is then walked again.
 */
export async function walkByTab(page: Page): Promise<Walked> {
  await page.evaluate(installWalk);
  for (let walk = 1; ; walk += 1) {
    const walked = await walkOnce(page);
    if (walked.faults.length === 0 || walk === WALKS) return walked;
    if (!(await page.evaluate(() => globalThis.tabWalk.changed()))) return walked;
    await settled(page);
  }
}

async function walkOnce(page: Page): Promise<Walked> {
  await page.evaluate(() => globalThis.tabWalk.begin());
  const faults: string[] = [];
  let stops = 0;
  let left = false;
  let before = "";
  for (; ; stops += 1) {
    const { at, again, unseen } = await page.evaluate(() => globalThis.tabWalk.step());
    if (at === "body") {
      // After the last control the focus leaves the page, and the next press is its first again.
      if (left) {
        faults.push("the focus stays on the page itself");
        break;
      }
      left = true;
    } else if (again) {
      if (!left) faults.push(`the focus comes back to ${at} from ${before}`);
      break;
    } else {
      if (left) {
        faults.push(`the focus was lost between ${before} and ${at}`);
        left = false;
      }
      if (unseen) faults.push(`no sign of the focus on ${at}`);
      before = at;
    }
    if (stops > MOST) {
      faults.push("the focus does not come around");
      break;
    }
    await page.keyboard.press("Tab");
  }
  const missed = await page.evaluate(() => globalThis.tabWalk.missed());
  return { stops, faults: [...faults, ...missed.map((one) => `Tab does not reach ${one}`)] };
}
