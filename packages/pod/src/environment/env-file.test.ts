import { describe, expect, it } from "vitest";
import { envFileValue } from "./env-file.ts";

describe("files of variables", () => {
  it("N5: KEY='value' lines, quotes may span lines, comments count for nothing", () => {
    const text = "# head\n\n  A='1' # one\nB='two\n# kept\n\nlines'\nC='it is ''\n";
    expect(envFileValue(text, "A")).toBe("1");
    expect(envFileValue(text, "B")).toBe("two\n# kept\n\nlines");
    expect(() => envFileValue(text, "C")).toThrow("at line 8: unexpected content after closing quote");
  });

  it("N5: an empty value counts as missing, nothing is expanded", () => {
    expect(envFileValue("A=''\n", "A")).toBeUndefined();
    expect(envFileValue("A= 'x'\nA='y'", "A")).toBeUndefined();
    expect(envFileValue("A='x'", "B")).toBeUndefined();
    expect(envFileValue("", "A")).toBeUndefined();
    expect(envFileValue("A='$(B) \\n $C'", "A")).toBe("$(B) \\n $C");
  });

  it("N5: the first definition counts, and what follows it is not looked at", () => {
    expect(envFileValue("A='1'\nA='2'\nnonsense", "A")).toBe("1");
    expect(() => envFileValue("nonsense\nA='1'", "A")).toThrow("at line 1: missing '='");
  });

  it("N5: malformed files are refused with the kubelet's texts, which hold no value", () => {
    const texts: Record<string, string> = {
      "K='v'\nA ='hush'": "at line 2: whitespace before '=' is not allowed",
      "='hush'": "at line 1: empty variable name",
      "A=hush": "at line 1: value must be enclosed in single quotes",
      'A="hush"': "at line 1: value must be enclosed in single quotes",
      "A='hush\nB='": "at line 2: unexpected content",
      "A='hush\nmore": "starting at line 1: unclosed single quote",
    };
    for (const [text, message] of Object.entries(texts)) {
      const read = () => envFileValue(text === "A='hush\nB='" ? "A='hush\nB=' x" : text, "Z");
      expect(read, text).toThrow(message);
      expect(read, text).not.toThrow("hush");
    }
  });

  it("N5: hostile names and sizes", () => {
    expect(envFileValue("x='1'", "__proto__")).toBeUndefined();
    expect(envFileValue("__proto__='1'", "__proto__")).toBe("1");
    const line = (length: number) => `A='${"x".repeat(length - 4)}'`;
    expect(envFileValue(`${line(65_535)}\nB='b'`, "B")).toBe("b");
    expect(() => envFileValue(`${line(65_536)}\nB='b'`, "B")).toThrow("token too long");
    expect(() => envFileValue(`A='\n${"é".repeat(40_000)}`, "B")).toThrow("unclosed single quote");
    const many = `${"#\n".repeat(200_000)}A='last'`;
    expect(envFileValue(many, "A")).toBe("last");
  });
});
