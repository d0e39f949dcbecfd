package main

import (
	"encoding/json"

	"k8s.io/kubernetes/third_party/forked/golang/expansion"
)

func answerExpansion(parts []json.RawMessage) (any, error) {
	var text string
	if err := json.Unmarshal(parts[0], &text); err != nil {
		return nil, err
	}
	variables := map[string]string{}
	if err := json.Unmarshal(parts[1], &variables); err != nil {
		return nil, err
	}
	return expansion.Expand(text, expansion.MappingFuncFor(variables)), nil
}
