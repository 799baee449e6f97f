import type { Filter, FilterProblem, FilterValue, Operator } from "./ast.ts";
import { headOf, misplacedField, namesKeyedField, readField, type Word } from "./field-of-word.ts";
import { type FilterField, type FilterList, filterFields, type PlainFieldName, ruleOf, wordsOf } from "./fields.ts";
import { literalHints, readLiteral } from "./literals.ts";
import { FilterSyntaxError } from "./syntax-error.ts";
import { operators, type Token, tokenize } from "./tokenize.ts";

export const longestFilter = 4000;
const deepestFilter = 40;
const mostTerms = 200;

export type ParsedFilter = { filter: Filter | null; problem: null } | { filter: null; problem: FilterProblem };

/**
 * Reads the filter language (`q`): `metrics.loss < 0.2 and not tag:old`, free words match names, what stands side by side must all hold.
 * An empty text is no filter. Time grows with the length, which is bounded.
 */
export function parseFilter(text: string, list: FilterList): ParsedFilter {
  try {
    if (text.length > longestFilter) {
      throw new FilterSyntaxError(longestFilter, [`at most ${longestFilter} characters`], "This filter is too long.");
    }
    return { filter: new FilterParser(tokenize(text), list).parse(), problem: null };
  } catch (error) {
    if (error instanceof FilterSyntaxError) return { filter: null, problem: error.problem };
    throw error;
  }
}

type Literal = Extract<Token, { type: "word" | "quoted" }>;

class FilterParser {
  readonly #tokens: Token[];
  readonly #list: FilterList;
  #next = 0;
  #depth = 0;
  #terms = 0;

  constructor(tokens: Token[], list: FilterList) {
    this.#tokens = tokens;
    this.#list = list;
  }

  parse(): Filter | null {
    if (this.#peek().type === "end") return null;
    const filter = this.#readAny();
    const rest = this.#peek();
    if (rest.type !== "end")
      throw new FilterSyntaxError(rest.position, ["and", "or", "the end"], "This does not belong here.");
    return filter;
  }

  #readAny(): Filter {
    const items = [this.#readAll()];
    while (this.#takeKeyword("or")) items.push(this.#readAll());
    return items.length === 1 ? items[0]! : { kind: "or", items };
  }

  #readAll(): Filter {
    const items = [this.#readTerm()];
    for (;;) {
      if (!this.#takeKeyword("and") && !this.#startsTerm()) break;
      items.push(this.#readTerm());
    }
    return items.length === 1 ? items[0]! : { kind: "and", items };
  }

  #startsTerm(): boolean {
    const token = this.#peek();
    return token.type === "(" || token.type === "quoted" || (token.type === "word" && !isKeyword(token, "or"));
  }

  #readTerm(): Filter {
    const token = this.#peek();
    this.#depth += 1;
    if (this.#depth > deepestFilter) {
      throw new FilterSyntaxError(
        token.position,
        [`at most ${deepestFilter} levels`],
        "This filter is nested too deeply.",
      );
    }
    const term = this.#readNested(token);
    this.#depth -= 1;
    return term;
  }

  #readNested(token: Token): Filter {
    if (this.#takeKeyword("not")) return { kind: "not", item: this.#readTerm() };
    if (token.type === "(") {
      this.#next += 1;
      const inner = this.#readAny();
      this.#take(")", "and", "or");
      return inner;
    }
    this.#countTerm(token);
    if (token.type === "quoted") {
      this.#next += 1;
      this.#refuseOperator("A field stands without quotes.");
      return { kind: "word", text: token.text, position: token.position, end: token.end };
    }
    if (token.type === "word" && !isKeyword(token, "and") && !isKeyword(token, "or")) return this.#readCondition(token);
    throw new FilterSyntaxError(token.position, ["a field", "a word", "(", "not"], "Here a condition should stand.");
  }

  #readCondition(word: Word): Filter {
    this.#next += 1;
    const { position, end } = word;
    const token = this.#peek();
    if (token.type === "operator") {
      const field = readField(word, this.#list);
      this.#next += 1;
      const literal = this.#readValue(field, token.operator);
      return { kind: "compare", field, operator: token.operator, value: literal.value, position, end: literal.end };
    }
    if (isKeyword(token, "in") && this.#peek(1).type === "(") return this.#readIn(word);
    const keyed = namesKeyedField(word);
    if (isKeyword(token, "exists") && (keyed || ruleOf(word.text))) {
      this.#next += 1;
      return { kind: "exists", field: readField(word, this.#list), position, end: token.end };
    }
    if (keyed) throw new FilterSyntaxError(end, [...operators, "in", "exists"], "Here an operator should stand.");
    return this.#readLabelled(word) ?? { kind: "word", text: word.text, position, end };
  }

  #readIn(word: Word): Filter {
    const field = readField(word, this.#list);
    this.#next += 2;
    const values: FilterValue[] = [];
    do {
      this.#countTerm(this.#peek());
      values.push(this.#readValue(field, "=").value);
    } while (this.#takeIf(","));
    const { end } = this.#take(")", ",");
    return { kind: "in", field, values, position: word.position, end };
  }

  /** `tag:old`, `status:failed`: a label before a colon. A word before a colon that is no field is part of a name. */
  #readLabelled(word: Word): Filter | null {
    const { position, end } = word;
    const colon = headOf(word).indexOf(":");
    const label = headOf(word).slice(0, Math.max(colon, 0));
    const rule = Object.hasOwn(filterFields, label) ? filterFields[label as PlainFieldName] : null;
    if (label !== "tag" && !rule) return null;
    const text = word.text.slice(colon + 1);
    if (text === "") throw new FilterSyntaxError(end, ["a value"], `After ${label}: a value should stand.`);
    const lists: readonly FilterList[] = rule?.lists ?? ["runs"];
    if (!lists.includes(this.#list)) throw misplacedField(position, label, this.#list);
    if (!rule) return { kind: "tagged", tag: text, position, end };
    const value = this.#readCompared(label as PlainFieldName, text, position + colon + 1);
    return { kind: "compare", field: { name: label as PlainFieldName }, operator: "=", value, position, end };
  }

  #readValue(field: FilterField, operator: Operator): { value: FilterValue; end: number } {
    const token = this.#peek();
    const type = ruleOf(field.name)!.type;
    if (token.type !== "word" && token.type !== "quoted") {
      throw new FilterSyntaxError(token.position, [literalHints[type]], "Here a value should stand.");
    }
    if (operator === "~" && type !== "text" && type !== "value") {
      throw new FilterSyntaxError(
        token.position,
        operators.filter((other) => other !== "~"),
        `${field.name} is no text, so it contains nothing.`,
      );
    }
    this.#next += 1;
    if (operator === "~") return { value: { type: "text", text: token.text }, end: token.end };
    const unit = this.#peek();
    const amount =
      unit.type === "word" && isUnitOf(token, unit) ? readLiteral(`${token.text}${unit.text}`, type) : null;
    if (amount && (type === "elapsed" || type === "size")) {
      this.#next += 1;
      return { value: amount, end: unit.end };
    }
    return { value: this.#readCompared(field.name, literalText(token), token.position), end: token.end };
  }

  /** What the field is compared with. Throws where it could never be equal: no literal of its type, or none of its words. */
  #readCompared(name: FilterField["name"], text: string, position: number): FilterValue {
    const { type } = ruleOf(name)!;
    const value = readLiteral(text, type);
    if (!value) throw new FilterSyntaxError(position, [literalHints[type]], `${name} cannot be compared with this.`);
    const words = wordsOf(name, this.#list);
    if (words && !words.includes(text.toLowerCase())) {
      throw new FilterSyntaxError(position, [...words], `There is no ${name} "${text.slice(0, 40)}".`);
    }
    return value;
  }

  #refuseOperator(message: string): void {
    const token = this.#peek();
    if (token.type === "operator") throw new FilterSyntaxError(token.position, ["and", "or", "the end"], message);
  }

  #countTerm(token: Token): void {
    this.#terms += 1;
    if (this.#terms > mostTerms) {
      throw new FilterSyntaxError(
        token.position,
        [`at most ${mostTerms} conditions`],
        "This filter has too many conditions.",
      );
    }
  }

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)]!;
  }

  #takeKeyword(keyword: string): boolean {
    if (!isKeyword(this.#peek(), keyword)) return false;
    this.#next += 1;
    return true;
  }

  #takeIf(type: Token["type"]): boolean {
    if (this.#peek().type !== type) return false;
    this.#next += 1;
    return true;
  }

  #take(type: Token["type"], ...alternatives: string[]): Token {
    const token = this.#peek();
    if (token.type !== type)
      throw new FilterSyntaxError(token.position, [type, ...alternatives], `Here ${type} is missing.`);
    this.#next += 1;
    return token;
  }
}

function isKeyword(token: Token, keyword: string): boolean {
  return token.type === "word" && token.parts.length === 1 && token.text.toLowerCase() === keyword;
}

/** `1.5 GB`: a unit that stands apart from its number. */
function isUnitOf(amount: Literal, unit: Word): boolean {
  return /^[\d.]+$/.test(amount.text) && /^[a-z]+$/i.test(unit.text);
}

function literalText(token: Literal): string {
  if (token.type === "quoted") return token.text;
  if (/^nan$/i.test(token.text)) return "NaN";
  if (/^[+-]?inf(inity)?$/i.test(token.text)) return token.text.startsWith("-") ? "-Infinity" : "Infinity";
  return token.text.replace(/^([+-]?)\.(?=\d)/, "$10.");
}
