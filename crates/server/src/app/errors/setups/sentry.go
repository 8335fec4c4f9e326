if err := sentry.Init(sentry.ClientOptions{
	Dsn:              "%DSN%",
	Environment:      "production",
	Release:          os.Getenv("RELEASE"),
	EnableTracing:    true,
	TracesSampleRate: 1.0, // how long requests take; 0 turns it off
}); err != nil {
	log.Fatal("sentry.Init: ", err)
}
defer sentry.Flush(2 * time.Second)
