// Command oracle answers, with the code of Kubernetes itself, what quantities, expansions and pods come to.
//
// It reads cases from standard input, one JSON array a line, and writes one JSON value a line in the same order. A line
// that is no case ends it with an error.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := answerAll(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answerAll(input io.Reader, output io.Writer) error {
	reader := bufio.NewReaderSize(input, 1<<20)
	writer := bufio.NewWriterSize(output, 1<<16)
	encoder := json.NewEncoder(writer)
	encoder.SetEscapeHTML(false)
	for {
		line, err := reader.ReadBytes('\n')
		if err == io.EOF && len(line) == 0 {
			return writer.Flush()
		}
		if err != nil {
			return fmt.Errorf("read a case: %w", err)
		}
		answer, err := answerOne(line)
		if err != nil {
			return fmt.Errorf("answer %s: %w", bytes.TrimSpace(line), err)
		}
		if err := encoder.Encode(answer); err != nil {
			return fmt.Errorf("write an answer: %w", err)
		}
		// Whoever waits for the answer of the last case sent so far gets it.
		if reader.Buffered() == 0 {
			if err := writer.Flush(); err != nil {
				return fmt.Errorf("write answers: %w", err)
			}
		}
	}
}

func answerOne(line []byte) (any, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(line, &parts); err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return nil, fmt.Errorf("the case is empty")
	}
	switch kind := string(parts[0]); kind {
	case `"quantity"`:
		return answerQuantities(parts[1:])
	case `"expansion"`:
		return answerExpansion(parts[1:])
	case `"pod"`:
		return answerPod(parts[1:])
	default:
		return nil, fmt.Errorf("kind %s is not known", kind)
	}
}
