/** The price list. A change counts from now on: entries keep the prices they were made with. */
import { useId, useState } from "react";
import type { ReactNode } from "react";
import type { PriceList } from "#shared/schema/cost.ts";

const FIELDS: readonly {
  readonly name: keyof PriceList;
  readonly label: string;
  readonly unit: string;
  readonly hint: string;
}[] = [
  {
    name: "usdPerCpuCoreHour",
    label: "Processor",
    unit: "$ per core and hour",
    hint: "Rent, or the machine's write-off per core and hour.",
  },
  {
    name: "usdPerGpuHour",
    label: "GPU",
    unit: "$ per GPU and hour",
    hint: "Rent, or the card's write-off per hour.",
  },
  {
    name: "usdPerKWh",
    label: "Electricity",
    unit: "$ per kWh",
    hint: "Counted where the machine's counters can be read; 0 where the rent includes it.",
  },
  {
    name: "humanUsdPerHour",
    label: "Person",
    unit: "$ per hour",
    hint: "For examples written or checked by hand. Empty: their time is shown, not valued.",
  },
];

type Texts = Readonly<Record<keyof PriceList, string>>;

/** The amount a text says, or undefined: not a number, or below zero. */
export function priceIn(text: string): number | undefined {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() === "" || !Number.isFinite(value) || value < 0 ? undefined : value;
}

/** null for no text: nobody set a price. */
function optionalPriceIn(text: string): number | null | undefined {
  return text.trim() === "" ? null : priceIn(text);
}

function priceOf(name: keyof PriceList, text: string): number | null | undefined {
  return name === "humanUsdPerHour" ? optionalPriceIn(text) : priceIn(text);
}

function pricesIn(texts: Texts): PriceList | undefined {
  const usdPerCpuCoreHour = priceIn(texts.usdPerCpuCoreHour);
  const usdPerGpuHour = priceIn(texts.usdPerGpuHour);
  const usdPerKWh = priceIn(texts.usdPerKWh);
  const humanUsdPerHour = optionalPriceIn(texts.humanUsdPerHour);
  if (
    usdPerCpuCoreHour === undefined ||
    usdPerGpuHour === undefined ||
    usdPerKWh === undefined ||
    humanUsdPerHour === undefined
  )
    return undefined;
  return { usdPerCpuCoreHour, usdPerGpuHour, usdPerKWh, humanUsdPerHour };
}

export interface PriceFormProps {
  readonly prices: PriceList;
  readonly busy: boolean;
  readonly onSave: (prices: PriceList) => void;
}

export function PriceForm({ prices, busy, onSave }: PriceFormProps): ReactNode {
  const formId = useId();
  const [texts, setTexts] = useState<Texts>({
    usdPerCpuCoreHour: String(prices.usdPerCpuCoreHour),
    usdPerGpuHour: String(prices.usdPerGpuHour),
    usdPerKWh: String(prices.usdPerKWh),
    humanUsdPerHour: prices.humanUsdPerHour === null ? "" : String(prices.humanUsdPerHour),
  });
  const next = pricesIn(texts);
  const changed = FIELDS.some(
    (field) => priceOf(field.name, texts[field.name]) !== prices[field.name],
  );
  return (
    <form
      aria-label="Prices"
      onSubmit={(event) => {
        event.preventDefault();
        if (next !== undefined) onSave(next);
      }}
    >
      <div className="head bt">
        <h2>Prices</h2>
        <span className="note">
          used from the moment they are saved; earlier entries keep theirs
        </span>
      </div>
      {FIELDS.map((field) => {
        const bad = priceOf(field.name, texts[field.name]) === undefined;
        const inputId = `${formId}-${field.name}`;
        return (
          <div key={field.name} className="setting">
            <div>
              <label className="med" htmlFor={inputId}>
                {field.label}
              </label>
              <div className="s12 t3" id={`${inputId}-hint`}>
                {field.hint}
              </div>
            </div>
            <div className="flex">
              <input
                id={inputId}
                className={bad ? "input mono bad" : "input mono"}
                style={{ width: 112 }}
                inputMode="decimal"
                value={texts[field.name]}
                aria-invalid={bad}
                aria-describedby={`${inputId}-hint`}
                onChange={(event) =>
                  setTexts({ ...texts, [field.name]: event.currentTarget.value })
                }
              />
              <span className="s12 t3">{field.unit}</span>
              {bad && <span className="s12 fail">✕ a number of 0 or more</span>}
            </div>
          </div>
        );
      })}
      <div className="setting">
        <span />
        <button
          type="submit"
          className="btn primary"
          disabled={busy || next === undefined || !changed}
          style={{ justifySelf: "start" }}
        >
          Save prices
        </button>
      </div>
    </form>
  );
}
