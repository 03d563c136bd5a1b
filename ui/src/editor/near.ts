/** The language of YAML, read as far as one sees: to read a long flow to its end for every key takes longer than a key may. */
import { yamlLanguage } from '@codemirror/lang-yaml';
import { Language, LanguageSupport, ParseContext } from '@codemirror/language';

type Parser = typeof yamlLanguage.parser;
type Parse = ReturnType<Parser['createParse']>;
interface Skipped {
  from: number;
  to: number;
}

/** So many characters beyond the screen are read too. */
const AHEAD = 1500;
/** What is read at the edge is read again when it comes into view: it was cut off in the middle. */
const EDGE = 500;

/** A parse that ends early and passes for whole; the rest was announced as skipped. */
function cut(parse: Parse, limit: number): Parse {
  let stoppedAt: number | null = null;
  parse.stopAt(limit);
  return {
    advance: () => parse.advance(),
    get parsedPos() {
      return parse.parsedPos;
    },
    get stoppedAt() {
      return stoppedAt;
    },
    stopAt: (position) => {
      stoppedAt = position;
      if (position < limit) parse.stopAt(position);
    },
  };
}

const createParse: Parser['createParse'] = (input, fragments, ranges) => {
  const parse = yamlLanguage.parser.createParse(input, fragments, ranges);
  const context = ParseContext.get();
  const limit = (context?.viewport.to ?? Infinity) + AHEAD;
  if (!context || limit >= input.length) return parse;
  // Each key starts a parse: what is known to be skipped is not announced again.
  const { skipped = [] } = context as unknown as { skipped?: Skipped[] };
  if (!skipped.some(({ from, to }) => from <= limit - EDGE && to >= input.length)) context.skipUntilInView(limit - EDGE, input.length);
  return cut(parse, limit);
};

const nearLanguage = new Language(yamlLanguage.data, Object.assign(Object.create(yamlLanguage.parser) as Parser, { createParse }), [], 'yaml');

export const nearYaml = () => new LanguageSupport(nearLanguage);
