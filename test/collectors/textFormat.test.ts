import assert from "node:assert/strict";
import { parseTextFormat } from "../../src/collectors/textFormat.ts";
import { TextFormatError } from "../../src/collectors/textSample.ts";

const parse = (text: string) => parseTextFormat(Buffer.from(text, "utf8"));
const refuses = (text: string | Buffer, message: RegExp) => {
  assert.throws(
    () => parseTextFormat(Buffer.from(text)),
    (error: Error) => {
      assert.ok(error instanceof TextFormatError);
      assert.match(error.message, message);
      return true;
    },
  );
};

describe("Prometheus' text format", () => {
  it("gives families with help, type and points", () => {
    const text = '# HELP jobs_total Jobs done.\n# TYPE jobs_total counter\njobs_total{queue="a",host="x"} 3\njobs_total{queue="b"} 4.5\n';
    assert.deepEqual(parse(text), [
      {
        name: "jobs_total",
        help: "Jobs done.",
        type: "counter",
        points: [
          { labels: { queue: "a", host: "x" }, value: 3 },
          { labels: { queue: "b" }, value: 4.5 },
        ],
      },
    ]);
  });

  it("takes what has no TYPE for untyped and what has no HELP as it is", () => {
    assert.deepEqual(parse("bare 5\n"), [{ name: "bare", type: "untyped", points: [{ labels: {}, value: 5 }] }]);
  });

  it("reads escapes of labels and of help", () => {
    const [family] = parse('# HELP esc back\\\\slash\\nline "quotes"\nesc{l="a\\"b\\\\c\\nd"} 1\n');
    assert.equal(family?.help, 'back\\slash\nline "quotes"');
    assert.deepEqual(family?.points[0]?.labels, { l: 'a"b\\c\nd' });
  });

  it("passes over comments, empty lines and families without samples, and blanks between the parts", () => {
    const text = '\n# a comment\n#HELP\n# TYPE\n# HELP empty nothing\n# TYPE empty gauge\n  lead  {  a = "x" ,\tb="y", }   4\nx:y{}3\n';
    assert.deepEqual(
      parse(text).map(({ name, points }) => [name, points]),
      [
        ["lead", [{ labels: { a: "x", b: "y" }, value: 4 }]],
        ["x:y", [{ labels: {}, value: 3 }]],
      ],
    );
  });

  it("knows numbers as Go writes them", () => {
    const values = ["NaN", "+Inf", "-inf", "1e3", "1.5E-2", ".5", "5.", "-0.25", "+7"];
    const text = values.map((value, index) => `n${index} ${value}\n`).join("");
    assert.deepEqual(
      parse(text).map(({ points }) => points[0]?.value),
      [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1000, 0.015, 0.5, 5, -0.25, 7],
    );
  });

  it("gives buckets, sums and counts to their histogram or summary, and to nobody else", () => {
    const text =
      '# TYPE h histogram\nh_bucket{le="0.5"} 1\nh_sum 4\nh_count 3\n# TYPE s summary\ns{quantile="0.5"} 2\ns_sum 9\ns_bucket 7\n# TYPE g gauge\ng_sum 1\n';
    assert.deepEqual(
      parse(text).map(({ name, type, points }) => [name, type, points.map((point) => point.metricName)]),
      [
        ["h", "histogram", ["h_bucket", "h_sum", "h_count"]],
        ["s", "summary", [undefined, "s_sum"]],
        ["s_bucket", "untyped", [undefined]],
        ["g_sum", "untyped", [undefined]],
      ],
    );
  });

  it("reads an empty file", () => {
    assert.deepEqual(parse(""), []);
  });

  const wrong: readonly (readonly [what: string, text: string | Buffer, message: RegExp])[] = [
    ["a timestamp", 'x{l="1"} 1 1234567\n', /^line 1: unsupported client-side timestamp "1234567"/],
    ["blanks behind the value", "x 1 \n", /^line 1: blanks behind the value/],
    ["a word for a value", "ok 1\nbad metric line\n", /^line 2: expected float as value, got "metric"|timestamp/],
    ["a hexadecimal value", "x 0x10\n", /expected float/],
    ["digits with underscores", "x 1_000\n", /expected float/],
    ["a value out of range", "x 1e999\n", /expected float/],
    ["no value", "x\n", /expected float as value, got ""/],
    ["no line feed at the end", "a 1\nb 3", /^line 2: the last line must end with a line feed/],
    ["carriage returns", "x 3\r\n", /expected float as value, got "3\r"/],
    ["a metric name that is none", "1x 3\n", /invalid metric name/],
    ["a metric name with a dash", "a-b 3\n", /invalid metric name/],
    ["bytes that are not UTF-8", Buffer.from([0x78, 0x7b, 0x61, 0x3d, 0x22, 0xff, 0x22, 0x7d, 0x20, 0x31, 0x0a]), /not UTF-8/],
    ["a second TYPE", "# TYPE y gauge\n# TYPE y counter\ny 1\n", /^line 2: second TYPE line for metric name "y"/],
    ["a TYPE after samples", "tt 1\n# TYPE tt gauge\n", /TYPE reported after samples/],
    ["a second HELP", "# HELP y a\n# HELP y b\n", /second HELP/],
    ["an unknown type", "# TYPE u info\nu 1\n", /unknown metric type "info": expected one of counter, gauge/],
    ["a label twice", 'v{a="1",a="2"} 1\n', /duplicate label names for metric "v"/],
    ["the label __name__", 'w{__name__="1"} 1\n', /reserved/],
    ["labels without a closing brace", 'w{a="1" 1\n', /expected "," or "}"/],
    ["a label without quotes", "w{a=1} 1\n", /expected label="value"/],
    ["an unclosed quote", 'w{a="1} 1\n', /no closing quote/],
    ["an unknown escape", 'w{a="\\t"} 1\n', /invalid escape sequence "\\t"/],
    ["an unknown escape in HELP", "# HELP w a\\tb\n", /invalid escape sequence "\\t"/],
  ];
  for (const [what, text, message] of wrong) {
    it(`refuses ${what}`, () => refuses(text, message));
  }
});
