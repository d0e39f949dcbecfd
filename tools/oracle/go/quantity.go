package main

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"

	inf "gopkg.in/inf.v0"
	"k8s.io/apimachinery/pkg/api/resource"
)

// value is a quantity in nano units and in its canonical form, which is left out beyond 63 bits: there Kubernetes prints
// suffixes that it does not have as none.
type value struct {
	Nanos string `json:"nanos"`
	Text  string `json:"text"`
}

// facts are a value with its thousandths and whole units, left out where Kubernetes has no one answer: it rounds negative
// numbers up or down as it happens to hold them, and overflows beyond 64 bits.
type facts struct {
	value
	Milli string `json:"milli"`
	Whole string `json:"whole"`
}

// quantityAnswer holds null for what cannot be read, and for what is made of it.
type quantityAnswer struct {
	A       *facts `json:"a"`
	B       *facts `json:"b"`
	Rounded *value `json:"rounded"`
	Compare *int   `json:"compare"`
	Sum     *value `json:"sum"`
	Less    *value `json:"less"`
}

func answerQuantities(parts []json.RawMessage) (any, error) {
	var texts [2]string
	for index := range texts {
		if err := json.Unmarshal(parts[index], &texts[index]); err != nil {
			return nil, err
		}
	}
	answer := quantityAnswer{}
	a, errA := parse(texts[0])
	b, errB := parse(texts[1])
	if errA == nil {
		answer.A = factsOf(a)
		rounded := a.DeepCopy()
		rounded.RoundUp(resource.Milli)
		answer.Rounded = valueOf(rounded)
	}
	if errB == nil {
		answer.B = factsOf(b)
	}
	if errA != nil || errB != nil {
		return answer, nil
	}
	compared := a.Cmp(b)
	answer.Compare = &compared
	sum := a.DeepCopy()
	sum.Add(b)
	answer.Sum = valueOf(sum)
	less := a.DeepCopy()
	less.Sub(b)
	answer.Less = valueOf(less)
	return answer, nil
}

// parse reads a text as the API's decoders do.
func parse(text string) (resource.Quantity, error) {
	return resource.ParseQuantity(strings.TrimSpace(text))
}

var largest = big.NewInt(math.MaxInt64)
var largestNanos = new(big.Int).Mul(largest, big.NewInt(1_000_000_000))

func valueOf(quantity resource.Quantity) *value {
	nanos := inNanos(quantity)
	result := &value{Nanos: nanos.String()}
	if nanos.CmpAbs(largestNanos) <= 0 {
		result.Text = canonical(quantity)
	}
	return result
}

func factsOf(quantity resource.Quantity) *facts {
	result := &facts{value: *valueOf(quantity)}
	if quantity.Sign() < 0 {
		return result
	}
	nanos := inNanos(quantity)
	if nanos.Cmp(new(big.Int).Mul(largest, big.NewInt(1_000_000))) <= 0 {
		result.Milli = strconv.FormatInt(quantity.MilliValue(), 10)
	}
	if nanos.Cmp(largestNanos) <= 0 {
		result.Whole = strconv.FormatInt(quantity.Value(), 10)
	}
	return result
}

// inNanos is exact: no quantity is finer than a nano unit.
func inNanos(quantity resource.Quantity) *big.Int {
	copied := quantity.DeepCopy()
	return new(inf.Dec).Round(copied.AsDec(), 9, inf.RoundExact).UnscaledBig()
}

// canonical is the canonical form even where String would repeat the text that was read ("1.500", "+5").
func canonical(quantity resource.Quantity) string {
	copied := quantity.DeepCopy()
	digits, suffix := copied.CanonicalizeBytes(nil)
	return string(digits) + string(suffix)
}
