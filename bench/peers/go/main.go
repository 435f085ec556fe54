// The task service's get, list and create on net/http and pgx, in Go's usual way. Fair: the SQL is ours, word for word (the
// first argument is a file with it), prepared once on as many connections, and the JSON that Postgres makes is passed on; it
// checks bodies, a token's signature, issuer, audience and time, and writes the same access line. It has less to do: no
// admission, deadlines, problems, idempotency keys, ended sessions, changing keys, other filters, further claims.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const path = "/api/v1/tasks"

type service struct {
	pool       *pgxpool.Pool
	statements struct{ Get, List, Create string }
}

func main() {
	var tasks service
	text, err := os.ReadFile(os.Args[1])
	must(err)
	must(json.Unmarshal(text, &tasks.statements))
	tasks.pool, err = openPool(os.Getenv("DATABASE_URL"))
	must(err)
	tokens, err := newTokenCheck(os.Getenv("KEYS_URL"), os.Getenv("TOKEN_ISSUER"), os.Getenv("TOKEN_AUDIENCE"))
	must(err)
	mux := http.NewServeMux()
	accessLog := newAccessLog()
	handle := func(method, route string, operation operation) {
		mux.HandleFunc(method+" "+route, func(w http.ResponseWriter, r *http.Request) {
			started := time.Now()
			requestID := r.Header.Get("X-Request-Id")
			if requestID == "" {
				requestID = newUUID()
			}
			w.Header().Set("X-Request-Id", requestID)
			w.Header().Set("Cache-Control", "no-store")
			owner, known := tokens.ownerOf(r.Header.Get("Authorization"))
			status := http.StatusUnauthorized
			var body string
			if known {
				status, body = operation(w, r, owner)
			}
			if body != "" {
				w.Header().Set("Content-Type", "application/json; charset=utf-8")
			}
			w.WriteHeader(status)
			io.WriteString(w, body)
			accessLog.write(r, route, requestID, status, owner, time.Since(started))
		})
	}
	handle("GET", path+"/{id}", tasks.get)
	handle("GET", path, tasks.list)
	handle("POST", path, tasks.create)
	log.Fatal(http.ListenAndServe(os.Getenv("HOST")+":"+os.Getenv("PORT"), mux))
}

// An operation sets headers of its own and gives status and JSON.
type operation func(w http.ResponseWriter, r *http.Request, owner int64) (int, string)

func openPool(url string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config.MaxConns, config.MinConns = 10, 10
	for name, value := range map[string]string{
		"enable_sort": "off", "enable_seqscan": "off", "plan_cache_mode": "force_generic_plan",
		"TimeZone": "UTC", "statement_timeout": "10000",
	} {
		config.ConnConfig.RuntimeParams[name] = value
	}
	return pgxpool.NewWithConfig(context.Background(), config)
}

func (s *service) get(w http.ResponseWriter, r *http.Request, owner int64) (int, string) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if errors.Is(err, strconv.ErrRange) {
		return http.StatusNotFound, ""
	}
	if err != nil {
		return http.StatusUnprocessableEntity, ""
	}
	var version int32
	var task string
	if err := s.pool.QueryRow(r.Context(), s.statements.Get, id, owner).Scan(&version, &task); err != nil {
		return statusOf(err, http.StatusNotFound), ""
	}
	tag := tagOf(version)
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		return http.StatusNotModified, ""
	}
	return http.StatusOK, task
}

func (s *service) list(_ http.ResponseWriter, r *http.Request, owner int64) (int, string) {
	limit := 100
	if text := r.URL.Query().Get("limit"); text != "" {
		var err error
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > 1000 {
			return http.StatusUnprocessableEntity, ""
		}
	}
	var tasks, lastID, lastKey *string
	var more bool
	var total string
	row := s.pool.QueryRow(r.Context(), s.statements.List, owner, "infinity", int64(1<<63-1), limit, 0,
		"{todo,in_progress,done}", "{low,medium,high}")
	if err := row.Scan(&tasks, &more, &lastID, &lastKey, &total); err != nil {
		return statusOf(err, http.StatusInternalServerError), ""
	}
	page, next := "", "null"
	if tasks != nil {
		page = *tasks
	}
	if more {
		next = `"` + cursorOf(*lastKey, *lastID, owner) + `"`
	}
	return http.StatusOK, `{"tasks":[` + page + `],"total":` + total + `,"skip":0,"limit":` + strconv.Itoa(limit) +
		`,"next_cursor":` + next + `}`
}

type creation struct {
	Title           *string `json:"title"`
	Description     *string `json:"description"`
	Status          *string `json:"status"`
	Priority        *string `json:"priority"`
	DueDate         *string `json:"due_date"`
	EstimateMinutes *int32  `json:"estimate_minutes"`
}

func (s *service) create(w http.ResponseWriter, r *http.Request, owner int64) (int, string) {
	var sent creation
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&sent); err != nil {
		return http.StatusBadRequest, ""
	}
	status, statusIsGood := oneOf(sent.Status, "todo", "todo", "in_progress", "done")
	priority, priorityIsGood := oneOf(sent.Priority, "medium", "low", "medium", "high")
	due, dueIsGood := parseDue(sent.DueDate)
	if !isText(sent.Title, 1, 255) || sent.Description != nil && !isText(sent.Description, 0, 10_000) ||
		!statusIsGood || !priorityIsGood || !dueIsGood ||
		sent.EstimateMinutes != nil && (*sent.EstimateMinutes < 0 || *sent.EstimateMinutes > 100_000) {
		return http.StatusUnprocessableEntity, ""
	}
	var id, task string
	var version int32
	row := s.pool.QueryRow(r.Context(), s.statements.Create, owner, int64(1<<53-1), *sent.Title, sent.Description,
		status, priority, due, sent.EstimateMinutes)
	if err := row.Scan(&id, &version, &task); err != nil {
		return statusOf(err, http.StatusForbidden), ""
	}
	w.Header().Set("Location", path+"/"+id)
	w.Header().Set("ETag", tagOf(version))
	return http.StatusCreated, task
}

func oneOf(sent *string, byDefault string, values ...string) (string, bool) {
	if sent == nil {
		return byDefault, true
	}
	for _, value := range values {
		if strings.EqualFold(*sent, value) {
			return value, true
		}
	}
	return "", false
}

// No zone means UTC, no time midnight; digits beyond milliseconds are cut off.
func parseDue(sent *string) (*time.Time, bool) {
	if sent == nil {
		return nil, true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateOnly} {
		if due, err := time.Parse(layout, *sent); err == nil {
			due = due.Truncate(time.Millisecond)
			return &due, due.UTC().Year() >= 1
		}
	}
	return nil, false
}

func isText(text *string, shortest, longest int) bool {
	if text == nil || strings.Contains(*text, "\x00") {
		return false
	}
	length := utf8.RuneCountInString(*text)
	return length >= shortest && length <= longest
}

func statusOf(err error, ifNoRow int) int {
	if errors.Is(err, pgx.ErrNoRows) {
		return ifNoRow
	}
	if !errors.Is(err, context.Canceled) { // its client has gone
		log.Print(err)
	}
	return http.StatusInternalServerError
}

func tagOf(version int32) string { return `"` + strconv.Itoa(int(version)) + `"` }

func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
