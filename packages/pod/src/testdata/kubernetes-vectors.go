// Prints, as JSON, what Kubernetes' own code makes of the inputs below: the expectations of the tests beside this
// folder. The inputs are fixed, or drawn with a fixed seed. To renew, from tools/peers/go/kubernetes:
//
//	go run ../../../../packages/pod/src/testdata/kubernetes-vectors.go > ../../../../packages/pod/src/testdata/kubernetes-vectors.json
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"net"
	"os"
	"sort"
	"strings"

	"github.com/distribution/reference"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/record"
	corev1 "k8s.io/kubernetes/pkg/apis/core/v1"
	"k8s.io/kubernetes/pkg/credentialprovider"
	"k8s.io/kubernetes/pkg/credentialprovider/secrets"
	"k8s.io/kubernetes/pkg/kubelet/network/dns"
	"k8s.io/kubernetes/pkg/kubelet/util"
	"k8s.io/kubernetes/pkg/securitycontext"
	"k8s.io/kubernetes/pkg/util/parsers"
)

var random = rand.New(rand.NewSource(7))

func pick(choices ...string) string { return choices[random.Intn(len(choices))] }

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	fmt.Print("{\n")
	section := func(name string, rows []any, last bool) {
		fmt.Printf("%q: [\n", name)
		for index, row := range rows {
			text, err := json.Marshal(row)
			must(err)
			comma := ","
			if index == len(rows)-1 {
				comma = ""
			}
			fmt.Printf("%s%s\n", text, comma)
		}
		if last {
			fmt.Print("]\n")
		} else {
			fmt.Print("],\n")
		}
	}
	section("images", images(), false)
	section("pulls", pulls(), false)
	section("dns", dnsCases(), false)
	section("fqdn", fqdn(), false)
	section("security", security(), true)
	fmt.Print("}\n")
}

// --- image references: parsers.ParseImageName, reference.ParseNormalizedNamed, SetDefaults_Container

type imageRow struct {
	Image  string `json:"image"`
	Name   string `json:"name,omitempty"`
	Domain string `json:"domain,omitempty"`
	Path   string `json:"path,omitempty"`
	Tag    string `json:"tag,omitempty"`
	Digest string `json:"digest,omitempty"`
	Error  string `json:"error,omitempty"`
	Policy string `json:"policy"`
}

func images() []any {
	hex := func(length int) string { return strings.Repeat("0a", length/2) }
	inputs := []string{
		"", "app", "app:latest", "app:1.2", "library/app", "org/app:v1", "docker.io/app", "index.docker.io/app",
		"index.docker.io/org/app", "docker.io/library/app:x", "docker.io/org/team/app", "localhost/app", "localhost:5000/app",
		"localhost:5000/app:2", "registry.example.com/app", "registry.example.com:443/a/b/c:tag", "Registry/app",
		"REGISTRY.example.com/app", "registry.example.com/App", "App", "org/App:1", "app:Tag_x.y-z", "app:", "app:-x",
		"app:" + strings.Repeat("t", 128), "app:" + strings.Repeat("t", 129), "app@sha256:" + hex(64), "app:1@sha256:" + hex(64),
		"app:latest@sha256:" + hex(64), "app@sha256:" + hex(62), "app@sha256:" + strings.ToUpper(hex(64)), "app@sha384:" + hex(96),
		"app@sha512:" + hex(128), "app@sha512:" + hex(64), "app@md5:" + hex(32), "app@SHA256:" + hex(64), "app@a.b:" + hex(32),
		"app@a1-b2:" + hex(40), "app@sha256:", "app@", "@sha256:" + hex(64), hex(64), "org/" + hex(64), hex(64) + ":1", "[::1]/app", "[::1]:5000/app",
		"[fe80::zz]/app", "[::1]:x/app", "a__b/c", "a___b/c", "a..b/c", "a.-b/c", "a-/b", "-a/b", "a--b", "a---b/c_d", "a._b", "http://a/b",
		"a//b", "/a", "a/", "a b", " a", "a ", "a\n", "ä/b", "example.com:80", "example.com:80/", "example.com", "user@host/app",
		"a:b:c", "a:1/b", "a:1/b:2", "a.b.c.d/e", "a_b.example.com/c", "docker.io", "docker.io/", "index.docker.io", "x.y/" + strings.Repeat("p", 255), "x.y/" + strings.Repeat("p", 256),
		strings.Repeat("p", 247), strings.Repeat("p", 248), "docker.io/library/docker.io/app", "Ä", "xn--n3h.com/myimage", "-foo.example.com/app", "foo-.example.com/app", "foo..example.com/app", "ghcr.io/Org/app",
	}
	for len(inputs) < 260 {
		text := ""
		for count := 1 + random.Intn(7); count > 0; count-- {
			text += pick("a", "b1", "app", "Org", "docker.io", "localhost", "x.example", "/", "/", "/", ":", ":80", "@", "sha256:"+hex(64), "-", "_", "__", ".", "latest", "[::1]")
		}
		inputs = append(inputs, text)
	}
	rows := []any{}
	for _, image := range inputs {
		row := imageRow{Image: image}
		container := v1.Container{Image: image}
		corev1.SetDefaults_Container(&container)
		row.Policy = string(container.ImagePullPolicy)
		name, tag, digest, err := parsers.ParseImageName(image)
		if err != nil {
			row.Error = err.Error()
		} else {
			named, err := reference.ParseNormalizedNamed(image)
			must(err)
			row.Name, row.Tag, row.Digest = name, tag, digest
			row.Domain, row.Path = reference.Domain(named), reference.Path(named)
		}
		rows = append(rows, row)
	}
	return rows
}

// --- pull secrets: secrets.MakeDockerKeyring, Lookup

type pullRow struct {
	Secrets []pullSecret `json:"secrets"`
	Image   string       `json:"image"`
	// username:password of each match in order; null where the keyring refuses the Secrets.
	Found []string `json:"found"`
}

type pullSecret struct {
	Type    string `json:"type"`
	Content string `json:"content"`
}

func lookup(image string, list []pullSecret) pullRow {
	passed := []v1.Secret{}
	for _, secret := range list {
		key := v1.DockerConfigJsonKey
		if secret.Type == string(v1.SecretTypeDockercfg) {
			key = v1.DockerConfigKey
		}
		passed = append(passed, v1.Secret{Type: v1.SecretType(secret.Type), Data: map[string][]byte{key: []byte(secret.Content)}})
	}
	row := pullRow{Secrets: list, Image: image}
	keyring, err := secrets.MakeDockerKeyring(passed, credentialprovider.UnionDockerKeyring{})
	if err != nil {
		return row
	}
	row.Found = []string{}
	name, _, _, err := parsers.ParseImageName(image)
	must(err)
	found, _ := keyring.Lookup(name)
	for _, each := range found {
		row.Found = append(row.Found, each.Username+":"+each.Password)
	}
	return row
}

func pulls() []any {
	modern := func(content string) pullSecret { return pullSecret{string(v1.SecretTypeDockerConfigJson), content} }
	legacy := func(content string) pullSecret { return pullSecret{string(v1.SecretTypeDockercfg), content} }
	registries := []string{
		"https://index.docker.io/v1/", "index.docker.io", "https://index.docker.io/v1", "docker.io", "*.docker.io", "https://docker.io/v2/",
		"docker.io/library", "docker.io/org", "https://index.docker.io/v2/org", "registry.example.com", "registry.example.com:443",
		"http://registry.example.com/v1/", "registry.example.com/team", "registry.example.com/team/", "registry.example.com/team/app",
		"registry.example.com/te", "*.example.com", "*.*.com", "*", "registry.*.com", "*.example.com:443", "reg*.example.com", "*istry.example.com/team",
		"*.com", "localhost:5000", "localhost", "127.0.0.1:5000", "*.0.0.1:5000", "https://user@registry.example.com", "registry.example.com?x=1",
		"registry.example.com#f", "registry.example.com/a%2Fb", "registry.example.com/%zz", "regi stry.example.com", "registry.example.com:port",
		"registry.example.com:", "[::1]:5000", "[::1]", "[ab].example.com", "x[ab].example.com", "", "/", "https://", "ftp://registry.example.com",
		"https://https://registry.example.com", "registry.example.com//team", "REGISTRY.example.com", "a:b:c", "registry.example.com/v1/team", "registry.example.com/v2/team/app",
		"r?gistry.example.com", "registry.example.com/*", "**.example.com", "reg%69stry.example.com", "registry.example.com/t%65am", "docker.io/library/app",
	}
	names := []string{
		"app", "org/app", "docker.io/org/app:1", "registry.example.com/team/app:1", "registry.example.com/app", "registry.example.com:443/team/app",
		"other.example.com/team/app", "localhost:5000/app", "localhost/app", "127.0.0.1:5000/x", "[::1]:5000/app", "[::1]/app", "a.b.example.com/x", "REGISTRY.example.com/app", "registry.example.com/team2",
	}
	entry := func(registry string) string {
		key, err := json.Marshal(registry)
		must(err)
		password, err := json.Marshal(registry + "!")
		must(err)
		return string(key) + `:{"username":"u","password":` + string(password) + `}`
	}
	rows := []any{}
	for _, registry := range registries {
		for _, name := range names {
			row := lookup(name, []pullSecret{modern(`{"auths":{` + entry(registry) + `}}`)})
			if len(row.Found) > 0 || random.Intn(6) == 0 {
				rows = append(rows, row)
			}
		}
	}
	for count := 0; count < 120; count++ {
		list := []pullSecret{}
		for size := 1 + random.Intn(3); size > 0; size-- {
			chosen := map[string]bool{}
			for entries := 1 + random.Intn(4); entries > 0; entries-- {
				chosen[registries[random.Intn(30)]] = true
			}
			keys := []string{}
			for key := range chosen {
				keys = append(keys, key)
			}
			sort.Strings(keys)
			// Two keys of one registry in one Secret come out in any order.
			seen, entries := map[string]bool{}, []string{}
			for _, key := range keys {
				folded := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(strings.SplitN(strings.SplitN(key, "?", 2)[0], "#", 2)[0], "https://"), "http://"), "user@"), "/"), "/v1"), "/v2")
				if !seen[folded] {
					seen[folded] = true
					entries = append(entries, entry(key))
				}
			}
			if random.Intn(2) == 0 {
				list = append(list, modern(`{"auths":{`+strings.Join(entries, ",")+`}}`))
			} else {
				list = append(list, legacy(`{`+strings.Join(entries, ",")+`}`))
			}
		}
		rows = append(rows, lookup(names[random.Intn(len(names))], list))
	}
	for _, content := range []string{
		`{"auths":{"r.x":{"auth":"dTpw"}}}`, `{"auths":{"r.x":{"auth":"dTpwOnE="}}}`, `{"auths":{"r.x":{"auth":"dTpwOnE"}}}`, `{"auths":{"r.x":{"auth":"dTpwOnE=="}}}`,
		`{"auths":{"r.x":{"auth":"dTpw\n"}}}`, `{"auths":{"r.x":{"auth":"dT pw"}}}`, `{"auths":{"r.x":{"auth":"dXB3"}}}`, `{"auths":{"r.x":{"auth":"dTo="}}}`, `{"auths":{"r.x":{"auth":"OnA="}}}`,
		`{"auths":{"r.x":{"auth":"dTpw","username":"x","password":"y"}}}`, `{"auths":{"r.x":{"auth":"","username":"x","password":"y"}}}`, `{"auths":{"r.x":{"Auth":"dTpw"}}}`,
		`{"Auths":{"r.x":{"USERNAME":"x","Password":"y"}}}`, `{"auths":{"r.x":{"username":1}}}`, `{"auths":{"r.x":"dTpw"}}`, `{"auths":{"r.x":[]}}`, `{"auths":[]}`, `{"auths":null}`, `{}`, `[]`, `null`, `{`,
		`{"auths":{"r.x":{"username":"x"}}}`, `{"auths":{"r.x":{"password":"y"}}}`, `{"auths":{"r.x":{"username":null,"password":"y"}}}`, `{"auths":{"r.x":{"auth":"dTpw-_"}}}`, `{"auths":{"r.x":{"auth":"dT=pw"}}}`,
		`{"auths":{"r.x":{"username":"x","password":"y","email":1}}}`, `{"auths":{"r.x":{"auth":"dTpw"}},"HttpHeaders":{"a":1}}`, `{"auths":{"r.x":{"auth":" dTpw"}}}`, `{"auths":{"r.x":{"auth":"dTpwOnE= "}}}`,
	} {
		rows = append(rows, lookup("r.x/app", []pullSecret{modern(content)}))
	}
	rows = append(rows, lookup("r.x/app", []pullSecret{legacy(`{"r.x":{"username":"x","password":"y"}}`), {"Opaque", `{"auths":{"r.x":{"auth":"dTpw"}}}`}}))
	return rows
}

// --- DNS: Configurer.GetPodDNS

type dnsRow struct {
	Policy        string           `json:"policy"`
	HostNetwork   bool             `json:"hostNetwork"`
	Config        *v1.PodDNSConfig `json:"config,omitempty"`
	ClusterDNS    []string         `json:"clusterDNS"`
	ClusterDomain string           `json:"clusterDomain"`
	NodeIPs       []string         `json:"nodeIPs"`
	// null where the node gives no file.
	ResolvConf *string  `json:"resolvConf"`
	Servers    []string `json:"servers"`
	Searches   []string `json:"searches"`
	// Sorted: Kubernetes gives them in any order.
	Options []string `json:"options"`
	Events  []string `json:"events"`
	Error   string   `json:"error,omitempty"`
}

func (row dnsRow) run() dnsRow {
	file := ""
	if row.ResolvConf != nil {
		temporary, err := os.CreateTemp("", "resolv")
		must(err)
		defer os.Remove(temporary.Name())
		_, err = temporary.WriteString(*row.ResolvConf)
		must(err)
		must(temporary.Close())
		file = temporary.Name()
	}
	addresses := func(texts []string) []net.IP {
		ips := []net.IP{}
		for _, text := range texts {
			ips = append(ips, net.ParseIP(text))
		}
		return ips
	}
	recorder := record.NewFakeRecorder(20)
	configurer := dns.NewConfigurer(recorder, &v1.ObjectReference{Kind: "Node", Name: "n"}, addresses(row.NodeIPs), addresses(row.ClusterDNS), row.ClusterDomain, file)
	pod := &v1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p", Namespace: "ns", UID: "uid-1"}}
	pod.Spec.DNSPolicy, pod.Spec.HostNetwork, pod.Spec.DNSConfig = v1.DNSPolicy(row.Policy), row.HostNetwork, row.Config
	config, err := configurer.GetPodDNS(context.Background(), pod)
	close(recorder.Events)
	row.Events = []string{}
	for event := range recorder.Events {
		row.Events = append(row.Events, event)
	}
	row.Servers, row.Searches, row.Options = []string{}, []string{}, []string{}
	if err != nil {
		row.Error = err.Error()
		return row
	}
	row.Servers = append(row.Servers, config.Servers...)
	row.Searches = append(row.Searches, config.Searches...)
	row.Options = append(row.Options, config.Options...)
	sort.Strings(row.Options)
	return row
}

func dnsCases() []any {
	text := func(value string) *string { return &value }
	files := []*string{
		nil, text(""), text("nameserver 10.1.1.1\nsearch a.example b.example\noptions ndots:2 timeout:3\n"),
		text("# nameserver 9.9.9.9\nnameserver 10.1.1.1 10.1.1.2\n nameserver\t10.1.1.3\nsearch x\nsearch y. . z.\noptions ndots:1\noptions ndots:3 debug\n; search q\n"),
		text("nameserver 1.1.1.1\nnameserver 1.1.1.1\nnameserver 2.2.2.2\nnameserver 3.3.3.3\nsearch d d e\noptions rotate rotate use-vc\n"),
		text("nameserver\nsearch a\n"), text("search svc.cluster.local corp.example\ndomain ignored.example\nnameserver fe80::1%eth0\n"),
		text("nameserver 1.1.1.1\r\nsearch a\r\n"), text("search\nnameserver 1.1.1.1"), text("search \n nameservers 1.1.1.1\noptions\n"),
	}
	long := func(count, length int) []string {
		list := []string{}
		for index := 0; index < count; index++ {
			name := fmt.Sprintf("s%02d.", index)
			list = append(list, name+strings.Repeat("x", length-len(name)))
		}
		return list
	}
	value := text("2")
	configs := []*v1.PodDNSConfig{
		nil, {}, {Nameservers: []string{"8.8.8.8"}}, {Nameservers: []string{"8.8.8.8", "8.8.4.4", "1.1.1.1"}, Searches: []string{"ns.svc.cluster.local", "extra"}},
		{Options: []v1.PodDNSConfigOption{{Name: "ndots", Value: value}, {Name: "edns0"}, {Name: "debug", Value: text("")}}},
		{Searches: long(30, 20)}, {Searches: long(32, 40)}, {Searches: long(20, 110)}, {Searches: long(8, 253)}, {Searches: append(long(2, 254), "ok")}, {Searches: long(9, 253), Nameservers: []string{"1.1.1.1", "1.1.1.1", "2.2.2.2", "3.3.3.3"}},
		{Searches: long(35, 260)},
	}
	rows := []any{}
	for _, policy := range []string{"ClusterFirst", "ClusterFirstWithHostNet", "Default", "None", "Other"} {
		for index, file := range files {
			row := dnsRow{Policy: policy, ResolvConf: file, ClusterDNS: []string{"10.96.0.10"}, ClusterDomain: "cluster.local", NodeIPs: []string{"192.0.2.1"}, Config: configs[(index+len(policy))%5]}
			rows = append(rows, row.run())
		}
	}
	for _, config := range configs[5:] {
		for _, policy := range []string{"ClusterFirst", "None"} {
			row := dnsRow{Policy: policy, Config: config, ResolvConf: files[2], ClusterDNS: []string{"10.96.0.10"}, ClusterDomain: "cluster.local", NodeIPs: []string{}}
			rows = append(rows, row.run())
		}
	}
	for count := 0; count < 100; count++ {
		row := dnsRow{
			Policy: pick("ClusterFirst", "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"), HostNetwork: random.Intn(4) == 0,
			Config: configs[random.Intn(5)], ResolvConf: files[random.Intn(len(files))],
			ClusterDomain: pick("cluster.local", "cluster.local", "example.org", ""),
			ClusterDNS:    [][]string{{}, {"10.96.0.10"}, {"10.96.0.10", "fd00::a"}, {"10.96.0.10", "10.96.0.10", "10.96.0.11", "10.96.0.12"}}[random.Intn(4)],
			NodeIPs:       [][]string{{}, {"192.0.2.1"}, {"2001:db8::1", "192.0.2.1"}}[random.Intn(3)],
		}
		rows = append(rows, row.run())
	}
	return rows
}

// --- kernel hostname: util.GetNodenameForKernel

type fqdnRow struct {
	Hostname string `json:"hostname"`
	Domain   string `json:"domain"`
	AsFQDN   *bool  `json:"asFQDN"`
	Kernel   string `json:"kernel,omitempty"`
	Error    string `json:"error,omitempty"`
}

func fqdn() []any {
	yes, no := true, false
	rows := []any{}
	for _, asFQDN := range []*bool{nil, &no, &yes} {
		for _, length := range []int{1, 40, 43, 44, 63} {
			for _, domain := range []string{"", "sub.ns.svc.d.example"} {
				row := fqdnRow{Hostname: strings.Repeat("h", length), Domain: domain, AsFQDN: asFQDN}
				kernel, err := util.GetNodenameForKernel(row.Hostname, domain, asFQDN)
				row.Kernel = kernel
				if err != nil {
					row.Error = err.Error()
				}
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// --- security contexts: securitycontext.DetermineEffectiveSecurityContext

type securityRow struct {
	Pod            *v1.PodSecurityContext `json:"pod,omitempty"`
	Container      *v1.SecurityContext    `json:"container,omitempty"`
	Effective      *v1.SecurityContext    `json:"effective"`
	NoNewPrivilege bool                   `json:"noNewPrivileges"`
}

func security() []any {
	number := func() *int64 {
		if random.Intn(2) == 0 {
			return nil
		}
		value := int64(random.Intn(3))
		return &value
	}
	truth := func() *bool {
		if random.Intn(2) == 0 {
			return nil
		}
		value := random.Intn(2) == 0
		return &value
	}
	name := func() *string {
		if random.Intn(2) == 0 {
			return nil
		}
		value := pick("x", "y")
		return &value
	}
	windows := func() *v1.WindowsSecurityContextOptions {
		if random.Intn(2) == 0 {
			return nil
		}
		return &v1.WindowsSecurityContextOptions{GMSACredentialSpecName: name(), GMSACredentialSpec: name(), RunAsUserName: name(), HostProcess: truth()}
	}
	selinux := func() *v1.SELinuxOptions {
		if random.Intn(2) == 0 {
			return nil
		}
		return &v1.SELinuxOptions{Level: pick("", "s0"), Type: pick("", "t")}
	}
	rows := []any{}
	for count := 0; count < 120; count++ {
		pod, container := &v1.Pod{}, &v1.Container{}
		if random.Intn(6) > 0 {
			pod.Spec.SecurityContext = &v1.PodSecurityContext{RunAsUser: number(), RunAsGroup: number(), RunAsNonRoot: truth(), SELinuxOptions: selinux(), WindowsOptions: windows()}
		}
		if random.Intn(6) > 0 {
			context := &v1.SecurityContext{RunAsUser: number(), RunAsGroup: number(), RunAsNonRoot: truth(), SELinuxOptions: selinux(), WindowsOptions: windows(),
				Privileged: truth(), ReadOnlyRootFilesystem: truth(), AllowPrivilegeEscalation: truth()}
			if random.Intn(2) == 0 {
				context.Capabilities = &v1.Capabilities{Add: []v1.Capability{"NET_ADMIN"}, Drop: []v1.Capability{v1.Capability(pick("ALL", "CHOWN"))}}
			}
			if random.Intn(2) == 0 {
				mount := v1.UnmaskedProcMount
				context.ProcMount = &mount
			}
			container.SecurityContext = context
		}
		effective := securitycontext.DetermineEffectiveSecurityContext(pod, container)
		rows = append(rows, securityRow{pod.Spec.SecurityContext, container.SecurityContext, effective, securitycontext.AddNoNewPrivileges(effective)})
	}
	return rows
}
