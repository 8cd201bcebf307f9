/** One endpoint: where it is, what it costs, and its key. */
import { useId, useState } from "react";
import type { ReactNode } from "react";
import { isLinkLocal, LINK_LOCAL_WORDS } from "#shared/link-local.ts";
import { EndpointFields } from "#shared/schema/endpoint.ts";
import type { Endpoint } from "#shared/schema/endpoint.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";

type Texts = {
  readonly name: string;
  readonly baseUrl: string;
  readonly model: string;
  readonly input: string;
  readonly output: string;
  readonly atOnce: string;
};

const FIELDS: readonly {
  readonly name: keyof Texts;
  readonly field: keyof EndpointFields;
  readonly label: string;
  readonly hint: string;
}[] = [
  { name: "name", field: "name", label: "Name", hint: "as you call it" },
  {
    name: "baseUrl",
    field: "baseUrl",
    label: "Base URL",
    hint: "up to the version, e.g. http://127.0.0.1:11434/v1",
  },
  { name: "model", field: "model", label: "Model", hint: "as the server calls it" },
  {
    name: "input",
    field: "usdPerMillionInputTokens",
    label: "Price of input",
    hint: "$ per million tokens; empty: not known",
  },
  {
    name: "output",
    field: "usdPerMillionOutputTokens",
    label: "Price of output",
    hint: "$ per million tokens; empty: not known",
  },
  {
    name: "atOnce",
    field: "requestsAtOnce",
    label: "Requests at once",
    hint: "how many answers it writes side by side",
  },
];

function textsOf(endpoint: Endpoint | undefined): Texts {
  return {
    name: endpoint?.name ?? "",
    baseUrl: endpoint?.baseUrl ?? "",
    model: endpoint?.model ?? "",
    input: String(endpoint?.usdPerMillionInputTokens ?? ""),
    output: String(endpoint?.usdPerMillionOutputTokens ?? ""),
    atOnce: String(endpoint?.requestsAtOnce ?? 4),
  };
}

function hostnameOf(address: string): string {
  return URL.parse(address.trim())?.hostname ?? "";
}

function priceOf(text: string): number | null {
  return text.trim() === "" ? null : Number(text.trim().replace(",", "."));
}

export type EndpointFormProps = {
  readonly endpoint: Endpoint | undefined;
  readonly onSaved: () => void;
  readonly onClose: () => void;
};

export function EndpointForm({ endpoint, onSaved, onClose }: EndpointFormProps): ReactNode {
  const id = useId();
  const act = useAct();
  const [texts, setTexts] = useState<Texts>(() => textsOf(endpoint));
  const [key, setKey] = useState("");
  const [forget, setForget] = useState(false);
  const [tried, setTried] = useState(false);
  const [isMeant, setIsMeant] = useState(endpoint?.allowLinkLocal ?? false);
  const hostname = hostnameOf(texts.baseUrl);
  const isAsked = isLinkLocal(hostname);
  // A name that leads to such an address was confirmed elsewhere, and stays so as long as it is the same.
  const wasMeant = endpoint?.allowLinkLocal === true && hostnameOf(endpoint.baseUrl) === hostname;
  const parsed = EndpointFields.safeParse({
    name: texts.name,
    baseUrl: texts.baseUrl.trim(),
    model: texts.model,
    usdPerMillionInputTokens: priceOf(texts.input),
    usdPerMillionOutputTokens: priceOf(texts.output),
    requestsAtOnce: Number(texts.atOnce),
    allowLinkLocal: isAsked ? isMeant : wasMeant,
  });
  const isBad = (field: keyof EndpointFields): boolean =>
    tried && parsed.error?.issues.some(({ path }) => path[0] === field) === true;
  const save = async (fields: EndpointFields): Promise<void> => {
    const done = await act.run(() =>
      host.endpoints.save({
        ...(endpoint === undefined ? {} : { endpointId: endpoint.id }),
        fields,
        ...(forget ? { key: null } : key.trim() === "" ? {} : { key }),
      }),
    );
    if (done) onSaved();
  };
  return (
    <Dialog
      opened
      headed
      size={560}
      label={endpoint === undefined ? "Add an endpoint" : "Edit the endpoint"}
      onClose={onClose}
    >
      <form
        noValidate
        className="endpointform"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (parsed.success && (!isAsked || isMeant)) void save(parsed.data);
        }}
      >
        {FIELDS.map(({ name, field, label, hint }) => (
          <EndpointField
            key={name}
            id={`${id}-${name}`}
            label={label}
            hint={isBad(field) ? `✕ ${hint}` : hint}
            bad={isBad(field)}
            value={texts[name]}
            onChange={(value) => setTexts({ ...texts, [name]: value })}
          />
        ))}
        <label htmlFor={`${id}-key`}>Key</label>
        <input
          id={`${id}-key`}
          className="input mono"
          type="password"
          autoComplete="off"
          value={key}
          disabled={forget}
          aria-describedby={`${id}-key-hint`}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <span id={`${id}-key-hint`} className="s11 t3">
          {endpoint?.hasKey === true
            ? "one is kept; what you write here replaces it"
            : "empty where the server asks for none"}
        </span>
        {endpoint?.hasKey === true && (
          <label className="flex s12 forget">
            <input
              type="checkbox"
              checked={forget}
              onChange={(event) => setForget(event.currentTarget.checked)}
            />
            Remove the key that is kept
          </label>
        )}
        {isAsked && (
          <label className="flex s12 wide">
            <input
              type="checkbox"
              checked={isMeant}
              aria-invalid={tried && !isMeant}
              onChange={(event) => setIsMeant(event.currentTarget.checked)}
            />
            <span className={tried && !isMeant ? "fail" : ""}>
              {tried && !isMeant ? "✕ " : ""}
              {hostname} {LINK_LOCAL_WORDS} It is meant all the same.
            </span>
          </label>
        )}
        {act.failure !== undefined && (
          <div className="wide">
            <FailureNotice failure={act.failure} />
          </div>
        )}
        <div className="flex wide">
          <button type="button" className="btn end" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="btn primary" disabled={act.busy}>
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function EndpointField(props: {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly bad: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const { id, label, hint, bad, value, onChange } = props;
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className={bad ? "input bad" : "input"}
        value={value}
        aria-invalid={bad}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <span id={`${id}-hint`} className={bad ? "s11 fail" : "s11 t3"}>
        {hint}
      </span>
    </>
  );
}
