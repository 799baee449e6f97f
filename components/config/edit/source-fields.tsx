import { useId } from "react";
import { Checkbox, Input } from "../../ui/input.tsx";

/** As much of a JSON schema as a form is drawn from. */
export interface FieldSchema {
  type?: string;
  title?: string;
  description?: string;
  properties?: Record<string, FieldSchema>;
  required?: string[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  writeOnly?: boolean;
}

export type Section = { [name: string]: unknown };

interface FieldsProps {
  schema: FieldSchema;
  value: Section;
  onChange(value: Section): void;
}

/** A field for each property of a schema, a group for each section; what is left empty is not said. */
export function SourceFields({ schema, value, onChange }: FieldsProps) {
  const put = (name: string, next: unknown) => {
    const { [name]: _before, ...others } = value;
    onChange(next === undefined ? others : { ...value, [name]: next });
  };
  return Object.entries(schema.properties ?? {}).map(([name, field]) =>
    field.type === "object" ? (
      <fieldset key={name} className="m-0 min-w-0 border-0 border-t border-line p-0 pt-3">
        <legend className="float-left mb-2 w-full p-0 font-medium">
          {field.title ?? name} <span className="text-label font-normal text-quiet">{field.description}</span>
        </legend>
        <div className="clear-both flex flex-col gap-3">
          <SourceFields
            schema={field}
            value={(value[name] as Section | undefined) ?? {}}
            onChange={(section) => put(name, Object.keys(section).length > 0 ? section : undefined)}
          />
        </div>
      </fieldset>
    ) : (
      <Field
        key={name}
        name={name}
        field={field}
        isNeeded={schema.required?.includes(name) ?? false}
        value={value[name]}
        onChange={(next) => put(name, next)}
      />
    ),
  );
}

interface FieldProps {
  name: string;
  field: FieldSchema;
  isNeeded: boolean;
  value: unknown;
  onChange(value: unknown): void;
}

function Field({ name, field, isNeeded, value, onChange }: FieldProps) {
  const id = useId();
  const about = `${id}-about`;
  const title = field.title ?? name;
  if (field.type === "boolean")
    return (
      <div className="flex items-start gap-2">
        <Checkbox
          id={id}
          aria-describedby={about}
          className="mt-0.5"
          checked={value === true}
          onChange={({ target }) => onChange(target.checked || undefined)}
        />
        <div>
          <label htmlFor={id}>{title}</label>
          <p id={about} className="m-0 text-label text-quiet">
            {field.description}
          </p>
        </div>
      </div>
    );
  const isNumber = field.type === "number" || field.type === "integer";
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {title}
        {isNeeded && <span className="font-normal text-quiet"> (needed)</span>}
      </label>
      <Input
        id={id}
        aria-describedby={about}
        required={isNeeded}
        type={isNumber ? "number" : "text"}
        min={field.minimum}
        max={field.maximum}
        maxLength={field.maxLength}
        className={field.writeOnly || name === "target" ? "font-mono" : ""}
        value={typeof value === "string" || typeof value === "number" ? value : ""}
        onChange={({ target }) =>
          onChange(target.value === "" ? undefined : isNumber ? target.valueAsNumber : target.value)
        }
      />
      <p id={about} className="m-0 text-label text-quiet">
        {field.description}
      </p>
    </div>
  );
}
