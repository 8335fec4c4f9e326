// A shop in Go: nothing in it but the SDK and a DSN. Two orders fail in one place, and one panics.
package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/getsentry/sentry-go"
)

type noPrice struct{ sku string }

func (e noPrice) Error() string { return "no price for " + e.sku }

func price(sku string) error {
	return fmt.Errorf("pricing: %w", noPrice{sku})
}

func order(sku, user string) {
	sentry.WithScope(func(scope *sentry.Scope) {
		scope.SetUser(sentry.User{ID: user, Email: user + "@example.com"})
		scope.AddBreadcrumb(&sentry.Breadcrumb{Category: "shop", Message: "ordering " + sku}, 10)
		sentry.CaptureException(price(sku))
	})
}

func forget() {
	defer sentry.Recover()
	panic(errors.New("forgotten"))
}

func main() {
	err := sentry.Init(sentry.ClientOptions{EnableTracing: true, TracesSampleRate: 1})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	order("17", "ann")
	order("2042", "bob")
	forget()
	if !sentry.Flush(30 * time.Second) {
		os.Exit(1)
	}
}
